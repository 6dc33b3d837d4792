"""The keys that seal personal data, one per case, wrapped by a master key. Destroying one erases a person.

The record stays whole when that happens: it only ever held sealed fields. Source of the rule: 个人信息保护法 47.
"""

from datetime import datetime

from event_store.errors import KeyConflict, KeyDestroyed, UnknownCase
from event_store.pool import Database
from event_store.queries import load

SQL = load("case_keys")


class CaseKeys:
    """Keeps wrapped keys; it can neither unwrap nor use one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, case_no: str, wrapped: bytes) -> None:
        """Keeps the key of a new case; a repeat is a no-op. Raises KeyConflict for another key, KeyDestroyed."""
        async with self._database.connection() as connection:
            await connection.execute(SQL["put"], case_no, wrapped)
        if await self.get(case_no) != wrapped:
            raise KeyConflict

    async def get(self, case_no: str) -> bytes:
        """The wrapped key. Raises KeyDestroyed once the person is erased, UnknownCase when there never was one."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["get"], case_no)
        if row is None:
            raise UnknownCase(case_no)
        if row["wrapped"] is None:
            raise KeyDestroyed
        return bytes(row["wrapped"])

    async def replace(self, case_no: str, old: bytes, new: bytes) -> None:
        """Puts the same key, wrapped by a newer master key, in the place of ``old``; a repeat is a no-op.

        Raises KeyConflict when neither is held, KeyDestroyed, UnknownCase.
        """
        async with self._database.connection() as connection:
            await connection.execute(SQL["replace"], case_no, old, new)
        if await self.get(case_no) != new:
            raise KeyConflict

    async def destroy(self, case_no: str) -> datetime:
        """Destroys the key for good and returns since when it is destroyed; a repeat is a no-op. Raises UnknownCase.

        The bytes leave the disk with the next VACUUM, and the backups with the end of their retention.
        """
        async with self._database.connection() as connection:
            await connection.execute(SQL["destroy"], case_no)
            row = await connection.fetchrow(SQL["get"], case_no)
        if row is None:
            raise UnknownCase(case_no)
        destroyed_at: datetime = row["destroyed_at"]
        return destroyed_at

    async def held_after(self, case_no: str = "", limit: int = 500) -> list[tuple[str, bytes]]:
        """Pages through the keys still held, in the order of case numbers, to wrap them anew."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["held_after"], case_no, limit)
        return [(row["case_no"], row["wrapped"]) for row in rows]
