"""`onething departments`: the sandbox city of departments as a process of its own."""

from __future__ import annotations

from runtime.cli.commands import Commands


def register(commands: Commands) -> None:
    """Add `departments`."""
    commands.application.command("departments")(departments)


def departments() -> None:
    """Serve the sandbox departments over HTTP until stopped.

    Example: `ONETHING_SANDBOX_PORT=8090 onething departments`
    """
    from runtime.sandbox_role import run_departments
    from runtime.settings import Role
    from runtime.settings_loading import load_settings

    run_departments(load_settings(Role.DEPARTMENTS))
