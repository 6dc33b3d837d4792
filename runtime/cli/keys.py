"""`onething keys rotate`: wrap the keys of all cases by the current master key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runtime.cli.commands import Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from runtime.settings import Settings


def register(commands: Commands) -> None:
    """Add `keys rotate`."""
    commands.group("keys", "The keys that protect personal data.").command("rotate")(rotate)


def rotate() -> None:
    """Wrap the key of every case by the first key of ONETHING_MASTER_KEYS, so that the others can be taken out.

    First put the new key in front of the old one and restart every gateway and worker: until then they still wrap new
    cases by the old one. Cases go on meanwhile, and an interrupted run is simply repeated.

    Example: `onething keys rotate`
    """
    from runtime.cli.own_city import load_settings_here
    from runtime.settings import Role

    settings = load_settings_here(Role.ROTATE)
    with errors.status("wrapping the keys of all cases"):
        count = asyncio.run(_rotate(settings))
    ring = settings.master_key_ring()
    results.print(f"{count} case keys wrapped anew: all of them are wrapped by {ring.current_id}")
    if spare := [key_id for key_id in ring.key_ids if key_id != ring.current_id]:
        results.print(f"no case needs {', '.join(spare)} any more")


async def _rotate(settings: Settings) -> int:
    from event_store.case_keys import CaseKeys
    from event_store.key_rotation import rotate as rotate_all
    from event_store.pool import Database, StoreSettings

    store = StoreSettings(url=settings.database_address(), application_name="one-thing keys rotate")
    async with Database(store) as database:
        return await rotate_all(CaseKeys(database), settings.master_key_ring())
