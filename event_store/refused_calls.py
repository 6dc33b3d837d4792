"""Calls of departments' systems that were refused at the door, by the hour: kept for a while, whatever their number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from event_store.pool import Database
from event_store.queries import load

SQL = load("refused_calls")
KEPT_DAYS: Final = 90


class RefusedCalls(NamedTuple):
    """So many calls of one kind, and when they came. ``department`` is that of the address, ``code`` the refusal's."""

    department: str
    door: str
    code: str
    times: int
    first_at: datetime
    last_at: datetime


class RefusedCallBook:
    """Writes and reads them. All methods raise StoreUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, refused: Sequence[RefusedCalls]) -> None:
        """These came on top. All of it or nothing; what is older than ``KEPT_DAYS`` goes."""
        if not refused:
            return
        # In one order everywhere, or two processes could lock each other out.
        columns = map(list, zip(*sorted(refused), strict=True))
        async with self._database.transaction() as connection:
            await connection.execute(SQL["count"], *columns)
            await connection.execute(SQL["forget"], KEPT_DAYS)

    async def latest(self, limit: int) -> list[RefusedCalls]:
        """The kinds that came last, of each hour."""
        async with self._database.connection() as connection:
            return [RefusedCalls(*row) for row in await connection.fetch(SQL["latest"], limit)]
