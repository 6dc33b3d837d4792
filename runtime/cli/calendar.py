"""`onething calendar`: publish the holiday notice of a year, and show what is published."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from event_store.calendars import Calendars
    from event_store.pool import StoreSettings
    from one_things.clock import CalendarYear
    from runtime.settings import Settings

_BETWEEN_LOOKS = 1.0  # seconds


def register(commands: Commands) -> None:
    """Add `calendar publish` and `calendar show`."""
    group = commands.group("calendar", "The official working calendar: publish a holiday notice, show what is known.")
    group.command("publish")(publish)
    group.command("show")(show)


def publish(
    file: Annotated[Path, typer.Argument(help="The notice of one year: YAML or JSON.", exists=True, dir_okay=False)],
    wait: Annotated[bool, typer.Option(help="Wait until every open case with provisional dates was told.")] = True,
) -> None:
    """Publish the holiday notice of a year: workers use it at once, and provisional dates are reckoned anew.

    The gateways tell the cases; interrupting this command stops nothing, and running it again changes nothing.

    Example: `onething calendar publish holidays-2027.yaml`
    """
    from runtime.cli.own_city import load_settings_here
    from runtime.settings import Role

    year = _read(file)
    settings = load_settings_here(Role.CALENDAR)
    asyncio.run(_publish(settings, year, wait=wait))


def show() -> None:
    """List what is published, beside the years that this release knows.

    Example: `onething calendar show`
    """
    from one_things.clock import OFFICIAL
    from runtime.cli.own_city import load_settings_here
    from runtime.settings import Role

    settings = load_settings_here(Role.CALENDAR)
    results.print(f"this release knows the days until {OFFICIAL.published_until()}")
    asyncio.run(_show(settings))


def _read(file: Path) -> CalendarYear:
    from one_things.calendar_file import read_calendar
    from one_things.yaml_file import FileRefused

    try:
        return read_calendar(file)
    except FileRefused as refused:
        for fault in refused.faults:
            errors.print(str(fault), soft_wrap=True)
        number = len(refused.faults)
        raise CommandFailed(f"nothing was published: {number} mistake{'s' if number > 1 else ''}", 2) from None
    except OSError:
        raise CommandFailed(f"{file} cannot be read as a text in UTF-8", 2) from None


async def _publish(settings: Settings, year: CalendarYear, *, wait: bool) -> None:
    from event_store.calendars import Calendars
    from event_store.pool import Database

    async with Database(_store_settings(settings)) as database:
        calendars = Calendars(database)
        number, new = await calendars.publish(year)
        what = f"{year.notice} ({year.year})"
        results.print(f"{what} is publication {number}" if new else f"{what} was published before, as {number}")
        if wait:
            await _until_all_know(calendars, number)


async def _until_all_know(calendars: Calendars, number: int) -> None:
    waiting = await calendars.count_waiting(number)
    if waiting:
        with errors.status("") as status:
            while waiting:
                status.update(f"{waiting} cases with provisional dates are being told by the gateway")
                await asyncio.sleep(_BETWEEN_LOOKS)
                waiting = await calendars.count_waiting(number)
    results.print("every open case with provisional dates knows it")


async def _show(settings: Settings) -> None:
    from event_store.calendars import Calendars
    from event_store.pool import Database

    async with Database(_store_settings(settings)) as database:
        calendars = Calendars(database)
        published = await calendars.published()
        waiting = await calendars.count_waiting(published[-1].publication) if published else 0
    in_force = {one.year.year: one.publication for one in published}
    for one in published:
        replaced = "" if in_force[one.year.year] == one.publication else f", replaced by {in_force[one.year.year]}"
        results.print(
            f"{one.publication}  {one.year.year}  {one.year.notice}  {len(one.year.free_days)} days off, "
            f"{len(one.year.make_up_days)} make-up workdays, published {one.published_at:%Y-%m-%d %H:%M}{replaced}"
        )
    results.print(f"{waiting} open cases are still to be told" if waiting else "no case waits to be told")


def _store_settings(settings: Settings) -> StoreSettings:
    from event_store.pool import StoreSettings

    return StoreSettings(url=settings.database_address(), application_name="one-thing calendar")
