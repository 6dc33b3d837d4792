"""`onething migrate`: bring the database schema up to date."""

from __future__ import annotations

import asyncio

from runtime.cli.commands import Commands
from runtime.cli.console import errors


def register(commands: Commands) -> None:
    """Add `migrate`."""
    commands.application.command("migrate")(migrate)


def migrate() -> None:
    """Bring the database schema up to date; safe to run again, and by several at once.

    Example: `ONETHING_DATABASE_URL=postgresql://… onething migrate`
    """
    from event_store import migrations
    from runtime.settings import Role
    from runtime.settings_loading import load_settings

    settings = load_settings(Role.MIGRATE)
    with errors.status("bringing the database schema up to date"):
        asyncio.run(migrations.migrate(settings.database_address()))
    errors.print("the database schema is up to date")
