"""`onething demo`: three companies close before your eyes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import typer
from rich.status import Status
from rich.text import Text as Line

from runtime.cli.city import Telling
from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.embedded.supervisor import Phase, Progress

if TYPE_CHECKING:
    from runtime.demo.activity import Activity
    from runtime.demo.demonstration import Demonstration
    from runtime.demo.screen import Screen
    from runtime.embedded.city import City

_INTERRUPTED: Final = 130
_TOKEN_HOURS: Final = 8


def register(commands: Commands) -> None:
    """Add `demo`."""
    commands.application.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End by itself when the three cases are closed.")] = False,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Wait for days of public notice instead of fast-forwarding them.")
    ] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that keeps the city [default: ONETHING_DATA_DIR, or .onething here]")
    ] = None,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds without any event after which a case counts as stuck.")
    ] = 120,
) -> None:
    """Start the city, close three companies in it, and show how: simple route, general route, and one refused.

    Serves until Ctrl-C; started again it carries on where it stopped. With `--once` it ends with 0 when every case
    ended as it should, and otherwise says which case and item waits for whom.

    Example: `onething demo --once`
    """
    from runtime.settings_loading import load_settings

    settings = load_settings()
    code = asyncio.run(_demonstrate(data_dir or settings.data_dir, once, real_time, patience))
    if code:
        raise typer.Exit(code)


class _News:
    """What happens to the city: on the status line, and once the panels stand, as a line above them."""

    def __init__(self, telling: Telling, activity: Activity) -> None:
        self._telling = telling
        self._activity = activity
        self.screen: Screen | None = None

    def __call__(self, progress: Progress) -> None:
        """Tell one more step."""
        if progress.phase is Phase.DIED:
            self._activity.seen_everywhere()
        if self.screen is None:
            self._telling(progress)
        elif progress.phase is Phase.DIED:
            self.screen.say(f"{progress.name} ended ({progress.detail}); starting it again")
        elif progress.phase is Phase.READY:
            self.screen.say(f"{progress.name} is back")


async def _demonstrate(data_dir: Path | None, once: bool, real_time: bool, patience: float) -> int:
    """The exit code: 130 when `--once` was interrupted before its end."""
    from runtime.demo.activity import Activity
    from runtime.demo.faults import DemonstrationFailed
    from runtime.embedded.city import City

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with Status("starting the city", console=errors) as status:
        activity = Activity()
        news = _News(Telling(status), activity)
        city = City(data_dir, report=news)
        try:
            if not await _first_of(city.start(), stopped=stopped):
                return _INTERRUPTED if once else 0
            async with _opened(city, activity, real_time, patience) as (demonstration, screen, following):
                status.stop()
                _say_where_to_look(city, demonstration)
                with screen:
                    news.screen = screen
                    closed = await _first_of(
                        demonstration.until_closed(give_up=once), following, city.wait(), stopped=stopped
                    )
                    news.screen = None
                if not closed:
                    return _INTERRUPTED if once else 0
                wrong = demonstration.verdict()
                if wrong and once:
                    raise DemonstrationFailed("; ".join(wrong))
                results.print("\n".join(wrong) or "Every case ended as it should.")
                if not once:
                    results.print("The city goes on serving. Ctrl-C stops it.")
                    await _first_of(city.wait(), stopped=stopped)
                    errors.print("stopping the city")
                return 0
        except DemonstrationFailed as failed:
            raise CommandFailed(f"{failed} (logs: {city.logs})") from None
        finally:
            news.screen = None
            status.start()
            await city.stop()


@contextlib.asynccontextmanager
async def _opened(
    city: City, activity: Activity, real_time: bool, patience: float
) -> AsyncIterator[tuple[Demonstration, Screen, Coroutine[object, object, None]]]:
    """The demonstration with its cases applied for, its screen, and what follows the record while it goes on."""
    import httpx

    from runtime.demo.application_desk import ApplicationDesk
    from runtime.demo.case_book import CaseBook
    from runtime.demo.city_settings import settings_of
    from runtime.demo.companies import companies
    from runtime.demo.demonstration import Demonstration
    from runtime.demo.rounds import Rounds
    from runtime.demo.screen import Screen
    from runtime.demo.time_skipping import TimeMachine
    from runtime.wiring import case_secrets, connect_temporal, open_record
    from workflows.handles import TemporalCases

    leave_telling_to_the_roles()
    settings = settings_of(city.environment)
    if settings.sandbox_control_token is None:
        raise CommandFailed("the demonstration needs the sandbox departments of its own city")
    async with contextlib.AsyncExitStack() as opened:
        record = await opened.enter_async_context(open_record(settings, "demo"))
        client = await opened.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
        temporal = await connect_temporal(settings)
        machine = None if real_time else TimeMachine(temporal, TemporalCases(temporal, settings.temporal_task_queue))
        screen = Screen(results)
        book = CaseBook(record.events)
        demonstration = Demonstration(book, screen, case_secrets(settings, record), activity, machine, patience)
        desk = ApplicationDesk(
            client, city.urls["gateway"], _token(city), city.urls["departments"], settings.sandbox_control_token
        )
        await demonstration.apply(companies(), desk, Rounds(city.data_dir))
        yield demonstration, screen, book.follow()


def leave_telling_to_the_roles() -> None:
    """What goes wrong on the way to the record is over when the panels move on; the roles log it, not the terminal."""
    for way in ("event_store", "asyncpg"):
        logging.getLogger(way).addHandler(logging.NullHandler())


async def _first_of(*doing: Coroutine[object, object, None], stopped: asyncio.Event) -> bool:
    """True as soon as the first of them is done, False when we were asked to stop. Raises what any of them raises."""
    tasks = [asyncio.create_task(one) for one in doing]
    asked = asyncio.create_task(stopped.wait())
    try:
        while not tasks[0].done() and not asked.done():
            done, _ = await asyncio.wait((*tasks, asked), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        return tasks[0].done()
    finally:
        for task in (*tasks, asked):
            task.cancel()
        await asyncio.gather(*tasks, asked, return_exceptions=True)


def _token(city: City) -> str:
    from security.tokens import Role

    return city.secrets.token("sample-applicant", Role.APPLICANT, hours=_TOKEN_HOURS)


def _say_where_to_look(city: City, demonstration: Demonstration) -> None:
    """The page of each case; clicked in a terminal that knows links, it signs in by itself."""
    token = _token(city)
    gateway = city.urls["gateway"]
    for case_no, company in demonstration.companies.items():
        page = f"/cases/{case_no}"
        address = Line(f"{gateway}{page}", f"link {gateway}/sign-in?next={quote(page, safe='')}#token={token}")
        results.print(Line.assemble(f"{company.name}  ", address, f"  {company.story.en}"))
    results.print(f"sign in as the applicant (valid {_TOKEN_HOURS} hours): {gateway}/sign-in#token={token}")
