"""The contents of materials on PostgreSQL: sealed bytes, once per draft or case, gone with the draft or the case's key.

Nothing here can open one: the keys are sealed under keys that only who holds a master key can unwrap.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from event_store.errors import TooMuchStored
from event_store.pool import Database
from event_store.queries import load

SQL = load("contents")


class Draft(NamedTuple):
    """What was uploaded before there is a case: its wrapped key, and until when it is kept."""

    wrapped: bytes
    expires_at: datetime


class Held(NamedTuple):
    """A content that is held, without its bytes. ``size`` is in bytes, before sealing."""

    content_id: UUID
    digest: str
    media_type: str
    size: int
    key: str


class Sealed(NamedTuple):
    """A content to be stored."""

    digest: str
    media_type: str
    size: int
    key: str
    sealed: bytes


class Contents:
    """Keeps and gives out sealed contents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_draft(self, draft: bytes, owner_mac: bytes, wrapped: bytes, kept: timedelta, most: int) -> Draft:
        """The draft of this name, made with ``wrapped`` where there is none. Raises TooMuchStored."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL["drop_expired_draft"], draft)
            await connection.execute(SQL["open_draft"], draft, owner_mac, wrapped, kept, most)
            row = await connection.fetchrow(SQL["draft"], draft)
        if row is None:
            raise TooMuchStored
        return Draft(row["wrapped"], row["expires_at"])

    async def draft(self, draft: bytes) -> Draft | None:
        """The draft of this name, unless it has expired."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["draft"], draft)
        return None if row is None else Draft(row["wrapped"], row["expires_at"])

    async def put_in_draft(self, draft: bytes, content: Sealed, most: int) -> None:
        """Store a content in a draft; held already it is a no-op. Raises TooMuchStored beyond ``most`` bytes."""
        await self._put(draft, None, content, most)

    async def put_in_case(self, case_no: str, content: Sealed, most: int) -> None:
        """Store a content in a case; held already it is a no-op. Raises TooMuchStored beyond ``most`` bytes."""
        await self._put(None, case_no, content, most)

    async def of_draft(self, draft: bytes) -> list[Held]:
        """What a draft holds, the oldest first."""
        return await self._held("of_draft", draft)

    async def of_case(self, case_no: str) -> list[Held]:
        """What a case holds, the oldest first."""
        return await self._held("of_case", case_no)

    async def read(self, case_no: str, digest: str) -> Sealed | None:
        """A content of a case, sealed; None when it holds no such content."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["read"], case_no, digest)
        if row is None:
            return None
        return Sealed(row["digest"], row["media_type"], row["size"], row["key"], row["sealed"])

    async def sweep(self) -> int:
        """Delete the drafts that have expired, with all that was in them; how many there were."""
        async with self._database.connection() as connection:
            return int(await connection.fetchval(SQL["sweep"]))

    async def _put(self, draft: bytes | None, case_no: str | None, content: Sealed, most: int) -> None:
        async with self._database.connection() as connection:
            await connection.execute(SQL["put"], draft, case_no, *content, most)
            if not await connection.fetchval(SQL["holds"], draft, case_no, content.digest):
                raise TooMuchStored

    async def _held(self, query: str, of: bytes | str) -> list[Held]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL[query], of)
        return [Held(**dict(row)) for row in rows]
