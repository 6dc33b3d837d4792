"""`onething case erase`: destroy a case's key, and with it the person in the record."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.commands import Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from runtime.settings import Settings


def register(commands: Commands) -> None:
    """Add `case erase`."""
    commands.case_group().command("erase")(erase)


def erase(
    number: Annotated[str, typer.Argument(metavar="NO", help="The case number.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase the person of a case for good: its key is destroyed, the record stays and still verifies.

    Example: `onething case erase 4419-2026-000017`
    """
    from runtime.settings import Role
    from runtime.settings_loading import load_settings

    settings = load_settings(Role.ERASE)
    if not yes:
        typer.confirm(f"Destroy the key of {number}? Nobody can undo this", abort=True, err=True)
    with errors.status(f"destroying the key of {number}"):
        since = asyncio.run(_destroy(settings, number))
    results.print(f"the personal data of {number} is erased since {since.astimezone():%Y-%m-%d %H:%M:%S %Z}")


async def _destroy(settings: Settings, number: str) -> datetime:
    from event_store.case_keys import CaseKeys
    from event_store.pool import Database, StoreSettings

    async with Database(StoreSettings(url=settings.database_address(), application_name="one-thing erase")) as database:
        return await CaseKeys(database).destroy(number)
