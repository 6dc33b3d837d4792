"""How far the decisions of departments that send nothing were collected, when to look next, what was refused."""

from datetime import datetime
from typing import Final, NamedTuple

from event_store.pool import Database
from event_store.queries import load

SQL = load("collecting")
_MOST_REFUSALS: Final = 200


class Due(NamedTuple):
    """Where to go on, and in how many seconds."""

    position: str
    failures: int
    """Looks in a row at which nothing could be had."""
    due_in: float


class Refusal(NamedTuple):
    """Something that was collected and did not count, without what it said."""

    department: str
    digest: str
    code: str
    position: str
    door: str
    named: str
    """The file that it came in; empty for what came over HTTP."""
    case_no: str
    """Empty where it names none that could be one."""
    first_at: datetime
    last_at: datetime
    times: int


class Standing(NamedTuple):
    """How the collecting from a department is doing."""

    department: str
    position: str
    next_at: datetime
    succeeded_at: datetime | None
    failures: int
    cause: str | None
    """Why the last look found nothing; None when it did not fail."""
    gap: str | None
    """What is missing of the department's numbered batches."""
    since: datetime


class Collecting:
    """Writes and reads it. All methods raise StoreUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, department: str) -> Due:
        """Where this department stands; one that was never asked is due at once, from the beginning."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["due"], department)
            if row is None:
                await connection.execute(SQL["known"], department)
                return Due("", 0, 0.0)
        return Due(row["position"], row["failures"], row["due_in"])

    async def move(self, department: str, before: str, after: str) -> bool:
        """Everything up to ``after`` was handed over. False when another collector moved it meanwhile."""
        async with self._database.connection() as connection:
            return bool(await connection.execute(SQL["move"], department, before, after) == "UPDATE 1")

    async def succeed(self, department: str, next_in: float, gap: str = "") -> None:
        """All that there was was collected; look again in so many seconds."""
        async with self._database.connection() as connection:
            await connection.execute(SQL["succeed"], department, next_in, gap or None)

    async def fail(self, department: str, next_in: float, cause: str) -> None:
        """Nothing could be had, for this cause."""
        async with self._database.connection() as connection:
            await connection.execute(SQL["fail"], department, next_in, cause)

    async def put_off(self, department: str, next_in: float) -> None:
        """The next look is in so many seconds, and this was none."""
        async with self._database.connection() as connection:
            await connection.execute(SQL["put_off"], department, next_in)

    async def refuse(
        self, department: str, digest: str, code: str, position: str, door: str, named: str, case_no: str
    ) -> bool:
        """Record what did not count. False when it was known: it came once more."""
        async with self._database.connection() as connection:
            row = (department, digest, code, position, door, named, case_no)
            return bool(await connection.fetchval(SQL["refuse"], *row) == 1)

    async def refusals(self, department: str, limit: int = _MOST_REFUSALS) -> list[Refusal]:
        """What did not count, the oldest first."""
        async with self._database.connection() as connection:
            return [Refusal(*row) for row in await connection.fetch(SQL["refusals"], department, limit)]

    async def standings(self) -> list[Standing]:
        """Every department that is or was asked, by its code."""
        async with self._database.connection() as connection:
            return [Standing(*row) for row in await connection.fetch(SQL["collectings"])]
