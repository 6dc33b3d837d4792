"""`onething case erase`: destroy a case's key, and with it the person in the record."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from event_store.pool import Database
    from runtime.settings import Settings


def register(commands: Commands) -> None:
    """Add `case erase`."""
    commands.case_group().command("erase")(erase)


def erase(
    number: Annotated[str, typer.Argument(metavar="NO", help="The case number.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    even_open: Annotated[
        bool, typer.Option("--even-open", help="Also while the case runs; it cannot be carried on after that.")
    ] = False,
) -> None:
    """Erase the person of a closed case for good: its key is destroyed, the record stays and still verifies.

    Example: `onething case erase 4419-2026-000017`
    """
    from runtime.cli.own_city import load_settings_here
    from runtime.settings import Role

    settings = load_settings_here(Role.ERASE)
    if not even_open and asyncio.run(_is_open(settings, number)):
        raise CommandFailed(
            f"{number} is still open and its departments need the data: cancel it first, or use --even-open", 2
        )
    if not yes:
        typer.confirm(f"Destroy the key of {number}? Nobody can undo this", abort=True, err=True)
    with errors.status(f"destroying the key of {number}"):
        since = asyncio.run(_destroy(settings, number))
    results.print(f"the personal data of {number} is erased since {since.astimezone():%Y-%m-%d %H:%M:%S %Z}")


async def _is_open(settings: Settings, number: str) -> bool:
    """Whether the case runs. One that never began has no events; erasing it keeps it from beginning."""
    from event_store.store import EventStore
    from one_things.case import CasePhase
    from one_things.events import event_from_json
    from one_things.evolving import fold
    from security.suites import suite

    async with _database(settings) as database:
        store = EventStore(database, suite(settings.crypto_suite), settings.record_mac_key_bytes())
        records = await store.read(number)
    return bool(records) and fold(event_from_json(one.data) for one in records).phase is not CasePhase.CLOSED


async def _destroy(settings: Settings, number: str) -> datetime:
    from event_store.case_keys import CaseKeys

    async with _database(settings) as database:
        return await CaseKeys(database).destroy(number)


def _database(settings: Settings) -> Database:
    from event_store.pool import Database, StoreSettings

    return Database(StoreSettings(url=settings.database_address(), application_name="one-thing erase"))
