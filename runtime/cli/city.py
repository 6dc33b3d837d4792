"""`onething up`: the whole city on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.status import Status

from runtime.cli.commands import Commands
from runtime.cli.console import errors, results
from runtime.embedded.supervisor import Phase, Progress

if TYPE_CHECKING:
    from runtime.embedded.city import City

_TITLES = {
    "postgres": "PostgreSQL",
    "temporal": "the Temporal server",
    "migrate": "the database schema",
    "departments": "the sandbox departments",
    "worker": "the worker",
    "serve": "the gateway",
}


def register(commands: Commands) -> None:
    """Add `up`."""
    commands.application.command("up")(up)


def up(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that keeps the city [default: ONETHING_DATA_DIR, or .onething here]")
    ] = None,
) -> None:
    """Start all roles on this machine and serve until Ctrl-C.

    Servers whose address is set (ONETHING_DATABASE_URL, ONETHING_TEMPORAL_ADDRESS) are used, the others are started.

    Example: `onething up --data-dir /var/tmp/my-city`
    """
    from runtime.settings_loading import load_settings

    settings = load_settings()
    asyncio.run(_serve_until_stopped(data_dir or settings.data_dir))


async def _serve_until_stopped(data_dir: Path | None) -> None:
    from runtime.embedded.city import City

    with Status("starting the city", console=errors) as status:
        telling = Telling(status)
        city = City(data_dir, report=telling)
        stopped = asyncio.Event()
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(signal_number, stopped.set)
        try:
            if await _done_or_stopped(city.start(), stopped):
                status.stop()
                _show(city)
                await _done_or_stopped(city.wait(), stopped)
        finally:
            status.start()
            await city.stop()
    errors.print("stopped")


async def _done_or_stopped(doing: Coroutine[object, object, None], stopped: asyncio.Event) -> bool:
    """Do it; True when it was done, False when we were asked to stop first."""
    done, asked = asyncio.create_task(doing), asyncio.create_task(stopped.wait())
    await asyncio.wait((done, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not done.done():
        done.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await done
        return False
    done.result()
    return True


class Telling:
    """Shows the progress of a city: what is awaited, and a line for what died."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._awaited: dict[str, str] = {}

    def __call__(self, progress: Progress) -> None:
        """Show one more step."""
        title = _TITLES.get(progress.name, progress.name)
        if progress.phase is Phase.DIED:
            errors.print(f"{title} ended ({progress.detail}); starting it again")
        if progress.phase in (Phase.STARTING, Phase.STOPPING):
            self._awaited[progress.name] = f"{progress.phase} {title}"
        else:
            self._awaited.pop(progress.name, None)
        self._status.update(", ".join(self._awaited.values()) or "one moment")


def _show(city: City) -> None:
    """Addresses, and tokens to try them with: they are of the embedded issuer and good for a working day."""
    from security.tokens import Role

    results.print(f"gateway      {city.urls['gateway']}")
    results.print(f"departments  {city.urls['departments']}")
    results.print(f"temporal     {city.urls['temporal']}")
    results.print(f"logs         {city.logs}")
    results.print("sample tokens (valid 8 hours)")
    results.print(f"  applicant  {city.secrets.token('sample-applicant', Role.APPLICANT)}")
    results.print(f"  operator   {city.secrets.token('sample-operator', Role.OPERATOR)}")
    for code in city.workbenches:
        officer = city.secrets.token("sample-officer", Role.OFFICER, departments=(code,))
        supervisor = city.secrets.token("sample-supervisor", Role.OFFICER, Role.SUPERVISOR, departments=(code,))
        results.print(f"  officer of {code}  {officer}")
        results.print(f"  supervisor of {code}  {supervisor}")
    results.print("Ctrl-C stops everything.")
