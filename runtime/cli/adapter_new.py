"""`onething adapter new`: a department's system to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import results

_BAD_INPUT = 2


def register(commands: Commands) -> None:
    """Add `adapter new`."""
    commands.adapter_group().command("new")(new)


def new(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The department's code, as bundles name it: `tax`.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to write it; by default a folder named like the code.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="`http-push` calls us with its decisions; `http-poll` lists them, and we fetch.")
    ] = "http-push",
) -> None:
    """Write a department's system to begin with: FastAPI and SQLite, signed decisions, tests, and a Dockerfile.

    It passes `onething adapter check` as it is, needs public libraries only, and has its own key pair and credential.

    Example: `onething adapter new tax --folder tax-service`
    """
    import re

    from adapters.configuration.kinds import Kind
    from adapters.skeleton.writing import KINDS, FolderNotEmpty, write

    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code) or len(code) > 60:
        raise CommandFailed(
            "CODE is at most 60 small letters, digits and single hyphens, such as market-regulation", _BAD_INPUT
        )
    if kind not in KINDS:
        raise CommandFailed(f"--kind knows {' and '.join(KINDS)}, not {kind}", _BAD_INPUT)
    into = folder or Path(code)
    try:
        written = write(code, into, Kind(kind))
    except FolderNotEmpty as taken:
        raise CommandFailed(f"{taken}; name another with --folder", _BAD_INPUT) from None
    except OSError as error:
        raise CommandFailed(f"{into} cannot be written: {error.strerror or error}", _BAD_INPUT) from None
    for file in written:
        results.print(str(into / file))
    results.print(f"\nRead {into / 'README.md'}; your rules go into {into / 'app/deciding.py'}.")
