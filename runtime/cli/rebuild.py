"""`onething rebuild`: make the read models anew from the record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runtime.cli.commands import Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from runtime.settings import Settings


def register(commands: Commands) -> None:
    """Add `rebuild`."""
    commands.application.command("rebuild")(rebuild)


def rebuild() -> None:
    """Project the whole record anew; the lists show the old content until it is done, then the same again.

    Live streams wait meanwhile: meant for the hours when nobody looks.

    Example: `onething rebuild`
    """
    from runtime.cli.own_city import load_settings_here
    from runtime.settings import Role

    settings = load_settings_here(Role.MIGRATE)
    with errors.status("projecting the record"):
        count, left_behind = asyncio.run(_rebuild(settings))
    results.print(f"the read models are rebuilt from {count} events")
    for case_no in left_behind:
        results.print(f"{case_no} has an event that this release cannot show: it is shown as it was before")


async def _rebuild(settings: Settings) -> tuple[int, list[str]]:
    from event_store.case_projection import CaseProjection
    from event_store.pool import Database, StoreSettings
    from event_store.projector import Projector

    store = StoreSettings(url=settings.database_address(), application_name="one-thing rebuild", statement_timeout=3600)
    async with Database(store) as database:
        projector = Projector(database, CaseProjection())
        return await projector.rebuild(), await projector.retry_left_behind()
