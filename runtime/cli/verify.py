"""`onething verify`: is the record still what was written?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from event_store.pool import StoreSettings
    from event_store.verify import Finding
    from runtime.settings import Settings

_WHOLE_RECORD = 3600.0  # seconds


def register(commands: Commands) -> None:
    """Add `verify`."""
    commands.application.command("verify")(verify)


def verify(
    number: Annotated[str | None, typer.Argument(metavar="[NO]", help="One case; without it the whole record.")] = None,
) -> None:
    """Recompute the hash chain of a case, or of all, and list what was changed, is missing or was added.

    Ends with 0 when the record is whole and 1 when it is not.

    Example: `onething verify 4419-2026-000017`
    """
    from runtime.cli.own_city import load_settings_here
    from runtime.settings import Role

    settings = load_settings_here(Role.VERIFY)
    with errors.status("reading the record"):
        findings = asyncio.run(_findings(settings, number))
    for finding in findings:
        where = finding.case_no if finding.version is None else f"{finding.case_no} version {finding.version}"
        results.print(f"{where}: {finding.kind}")
    if findings:
        raise CommandFailed(f"the record is not what was written: {len(findings)} findings")
    results.print(f"the record of {number} is whole" if number else "the record is whole")


async def _findings(settings: Settings, number: str | None) -> list[Finding]:
    from event_store.pool import Database
    from event_store.verify import Verifier
    from security.suites import suite, suite_names

    async with Database(store_settings(settings)) as database:
        hashers = [suite(name) for name in suite_names()]
        return await Verifier(database, hashers, settings.record_mac_key_bytes()).verify(number)


def store_settings(settings: Settings) -> StoreSettings:
    """How the record is reached: patiently, for all of it is read in one statement."""
    from event_store.pool import StoreSettings

    return StoreSettings(
        url=settings.database_address(), application_name="one-thing verify", statement_timeout=_WHOLE_RECORD
    )
