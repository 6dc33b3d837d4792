"""`onething settings`: every setting, from the code itself."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from runtime.cli.commands import Commands
from runtime.cli.console import results
from runtime.settings_loading import SettingDescription, describe_settings


def register(commands: Commands) -> None:
    """Add `settings`."""
    commands.application.command("settings")(settings)


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown table, for the documentation.")] = False,
) -> None:
    """List every environment variable: what it means, its default, who needs it.

    Example: `onething settings`
    """
    if markdown:
        results.print(settings_in_markdown())
        return
    table = Table()
    table.add_column("variable", no_wrap=True)  # to be copied: whole, however narrow the terminal is
    for heading in ("meaning", "default or example", "needed by"):
        table.add_column(heading, overflow="fold")
    for described in describe_settings():
        table.add_row(described.variable, described.meaning, _value(described), ", ".join(described.needed_by))
    results.print(table)


def settings_in_markdown() -> str:
    """The same table in Markdown."""
    lines = ["| variable | meaning | default or example | needed by |", "| --- | --- | --- | --- |"]
    for described in describe_settings():
        needed = ", ".join(f"`{role}`" for role in described.needed_by)
        lines.append(f"| `{described.variable}` | {described.meaning} | {_value(described)} | {needed} |")
    return "\n".join(lines)


def _value(described: SettingDescription) -> str:
    return described.default if described.default is not None else f"e.g. {described.example}"
