"""Answers of sources that may be used again for a while, sealed; and whose turn it is to ask."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from event_store.pool import Database
from event_store.queries import load

SQL = load("look_up_cache")


class Kept(NamedTuple):
    """An answer that is still fresh, sealed under the key of its case."""

    sealed: bytes


class Turn(StrEnum):
    """Who asks the source when there is no fresh answer."""

    OURS = "ours"
    ANOTHERS = "anothers"


class LookUpCache:
    """All methods raise StoreUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, case_no: str, key: str) -> Kept | Turn:
        """The fresh answer; or whose turn it is. A turn that is not used is another's after ten seconds."""
        async with self._database.connection() as connection:
            if await connection.fetchval(SQL["claim"], case_no, key):
                return Turn.OURS
            sealed = await connection.fetchval(SQL["fresh"], case_no, key)
        return Turn.ANOTHERS if sealed is None else Kept(bytes(sealed))

    async def keep(self, case_no: str, key: str, sealed: bytes, until: datetime) -> None:
        """Keep the answer until then, and forget what is over."""
        async with self._database.connection() as connection:
            await connection.execute(SQL["keep"], case_no, key, sealed, until)
            await connection.execute(SQL["forget"])

    async def give_up(self, case_no: str, key: str) -> None:
        """There was nothing to keep: the next one asks at once."""
        async with self._database.connection() as connection:
            await connection.execute(SQL["give_up"], case_no, key)
