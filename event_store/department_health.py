"""How departments' systems are doing, as the processes that call them say: whom they leave alone, how often nobody
answered. For supervision; nothing else depends on it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from event_store.pool import Database
from event_store.queries import load

SQL = load("department_health")
_STILL_TRUE_SECONDS: Final = 60.0
"""A process says every few seconds what it still leaves alone: who is silent for longer was killed."""


class Trouble(NamedTuple):
    """A department that a process has stopped calling, but for a probe now and then."""

    department: str
    state: str
    """``open`` or ``probing``."""
    since: datetime
    failures: int
    """In a row."""
    cause: str
    """Of the last failure; a code of the port."""
    probes_in: float
    """Seconds."""


class Standing(NamedTuple):
    """The same as it is read: whose breaker, and when it probes next."""

    department: str
    process: str
    state: str
    since: datetime
    failures: int
    cause: str
    next_probe_at: datetime


class Tally(NamedTuple):
    """Calls to a department, and those of them that had no clear answer."""

    calls: int
    failures: int


class DepartmentHealth:
    """Writes and reads it. All methods raise StoreUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, process: str, troubles: Sequence[Trouble], calls: Mapping[str, Tally]) -> None:
        """Whom this process leaves alone now, and what it has called since it last said so. All of it or nothing."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL["forget"], process, [trouble.department for trouble in troubles])
            if troubles:
                await connection.execute(SQL["note"], process, *map(list, zip(*troubles, strict=True)))
            if calls:
                counted = sorted(calls.items())  # in one order everywhere, or two processes could lock each other out
                await connection.execute(
                    SQL["count"],
                    [department for department, _ in counted],
                    [tally.calls for _, tally in counted],
                    [tally.failures for _, tally in counted],
                )

    async def trouble(self) -> list[Standing]:
        """Every breaker that is not closed, by department."""
        async with self._database.connection() as connection:
            return [Standing(*row) for row in await connection.fetch(SQL["trouble"], _STILL_TRUE_SECONDS)]

    async def calls(self, since: datetime) -> dict[str, Tally]:
        """What each department was called since the beginning of this hour."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["calls"], since)
        return {row["department"]: Tally(row["calls"], row["failures"]) for row in rows}
