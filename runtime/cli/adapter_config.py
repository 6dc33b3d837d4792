"""`onething adapter config` and `schema`: the file of departments, for those who write it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results

if TYPE_CHECKING:
    from adapters.configuration.connection import DepartmentConnection
    from adapters.configuration.pace import Limits
    from one_things.office_days import OfficeDays
    from runtime.department_directory import LoadedDirectory
    from security.signing_keys import VerificationKey

_BAD_INPUT = 2
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def register(commands: Commands) -> None:
    """Add `adapter config` and `adapter schema`."""
    group = commands.adapter_group()
    group.command("config")(config)
    group.command("schema")(schema)


def config(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of departments.")],
) -> None:
    """Check a file of departments: list every mistake with its line and what to do, else what it says of each.

    Secrets are looked for where the file says that they are, and never shown. Ends with 2 when there is a mistake.

    Example: `onething adapter config departments.yaml`
    """
    from runtime.department_directory import DirectoryUnusable, load_directory

    try:
        directory = load_directory(file)
    except DirectoryUnusable as unusable:
        for fault in unusable.faults:
            errors.print(str(fault), soft_wrap=True, markup=False)
        number = len(unusable.faults)
        raise CommandFailed(f"{number} mistakes" if number > 1 else "1 mistake", _BAD_INPUT) from None
    for line in _told(directory, datetime.now(UTC)):
        results.print(line)


def schema() -> None:
    """Print the JSON Schema of the file of departments, for an editor that completes and marks while one writes.

    Example: `onething adapter schema > departments.schema.json`
    """
    from adapters.configuration.schema import directory_schema

    results.print(directory_schema(), end="", soft_wrap=True, markup=False, highlight=False)


def _told(directory: LoadedDirectory, now: datetime) -> Iterator[str]:
    """What the file says of each department, in short lines: a table would not fit on a narrow terminal."""
    for code, known in sorted(directory.departments.items()):
        entry = known.entry
        keys = [key for key_id, key in sorted(directory.keys.items()) if key_id in entry.keys]
        yield code if entry.title is None else f"{code}  {entry.title.zh} · {entry.title.en}"
        yield f"  {entry.kind}  {_address(known)}"
        yield f"  limits: {_limits(entry.limits)}"
        yield f"  maintenance: {_maintenance(known, now)}"
        yield f"  office: {_office(entry.calendar, now)}"
        yield f"  keys: {'; '.join(_validity(key, now) for key in keys) or '–'}"


def _address(known: DepartmentConnection) -> str:
    folder, sftp = known.entry.folder, known.entry.sftp
    server = "" if sftp is None else f"sftp://{sftp.user}@{sftp.host}:{sftp.port}  "
    return known.url or ("–" if folder is None else f"{server}out {folder.out}, in {folder.into}")


def _limits(limits: Limits | None) -> str:
    if limits is None:
        return "–"
    stated = (
        f"{limits.concurrency} at once" if limits.concurrency else "",
        f"{limits.per_second:g} a second" if limits.per_second else "",
    )
    return ", ".join(filter(None, stated))


def _maintenance(known: DepartmentConnection, now: datetime) -> str:
    from adapters.configuration.maintenance import away_until

    until = away_until(known.entry.maintenance, now)
    windows = len(known.entry.maintenance)
    return f"now, until {_moment(until)}" if until else f"{windows} windows" if windows else "–"


def _office(calendar: OfficeDays, now: datetime) -> str:
    today = now.astimezone(_SHANGHAI).date()
    stated = [
        f"{notice.kind} {notice.begins}" + (f" to {notice.last}" if notice.last > notice.begins else "")
        for notice in calendar.notices(today, date.max)
    ]
    return ", ".join(stated) or "–"


def _validity(key: VerificationKey, now: datetime) -> str:
    if key.valid_from is not None and now < key.valid_from:
        return f"{key.id} not before {_moment(key.valid_from)}"
    if key.valid_until is None:
        return key.id
    return f"{key.id} {'until' if key.is_valid(now) else 'EXPIRED'} {_moment(key.valid_until)}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(_SHANGHAI):%Y-%m-%d %H:%M}"
