"""The record of events: append with one statement, read a case, follow everything in commit order."""

import logging
from collections.abc import AsyncGenerator, Sequence

import asyncpg

from event_store import reading
from event_store.chain import Hasher, head_mac, links
from event_store.errors import StoreUnavailable, UnknownCase, VersionConflict
from event_store.pool import Database
from event_store.reading import SQL
from event_store.record import BEGINNING, GENESIS, NewEvent, Position, Recorded
from event_store.wake_up import APPENDED, WakeUp

_LOG = logging.getLogger(__name__)


class EventStore:
    """The record. ``head_key`` authenticates where each case ends; the database never sees it."""

    def __init__(self, database: Database, hasher: Hasher, head_key: bytes) -> None:
        self.database = database
        self._hasher = hasher
        self._head_key = head_key

    async def append(
        self, case_no: str, expected_version: int, previous_hash: bytes, events: Sequence[NewEvent]
    ) -> bytes:
        """Appends ``events`` after ``expected_version``, all or none, and returns the hash of the last.

        ``previous_hash`` is what the append before returned, GENESIS for version 0. A repeat of the same events
        changes nothing and returns the same hash. Raises VersionConflict when the case holds something else there,
        StoreUnavailable when it is not known whether it worked: repeat it. ValueError for no events.
        """
        if not events:
            raise ValueError("nothing to append")
        if expected_version == 0 and previous_hash != GENESIS:
            raise ValueError("the first event of a case follows GENESIS")
        hashes = links(self._hasher, previous_hash, case_no, expected_version, events)
        mac = head_mac(self._hasher, self._head_key, case_no, expected_version + len(events), hashes[-1])
        async with self.database.connection() as connection:
            try:
                row = await connection.fetchrow(
                    SQL["append"],
                    case_no,
                    expected_version,
                    previous_hash,
                    [event.event_id for event in events],
                    [event.type for event in events],
                    [event.occurred_at for event in events],
                    [event.data for event in events],
                    hashes,
                    self._hasher.name,
                    mac,
                )
                appended = row is not None and row["appended"]
            except asyncpg.UniqueViolationError:
                appended = False  # an event id that is on record at another place
        if appended:
            return hashes[-1]
        return await self._repeated(case_no, expected_version, previous_hash, events)

    async def read(self, case_no: str, after_version: int = 0, limit: int | None = None) -> list[Recorded]:
        """The events of a case after ``after_version``, in order; empty for a case without any."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(SQL["read_case"], case_no, after_version, limit)
        return [reading.recorded(row) for row in rows]

    async def head(self, case_no: str) -> tuple[int, bytes]:
        """Version and hash of the last event of a case. Raises UnknownCase when it has none."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(SQL["head"], case_no)
        if row is None:
            raise UnknownCase(case_no)
        return row["version"], row["hash"]

    async def read_after(self, position: Position, limit: int = 500) -> list[Recorded]:
        """At most ``limit`` events of all cases after ``position``: none skipped, none out of order."""
        async with self.database.connection() as connection:
            return await reading.read_after(connection, position, limit)

    async def last_position(self) -> Position:
        """Where ``read_after`` ends at this moment; BEGINNING for an empty record."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(SQL["last_position"])
        return BEGINNING if row is None else Position(*row)

    async def tail(self, after: Position = BEGINNING, batch: int = 500) -> AsyncGenerator[Recorded, None]:
        """Every event after ``after``, then every new one as it commits, without end.

        Outlives restarts of the database: it reconnects and goes on where it was. Holds one connection of its own; a
        process with many watchers shares one tail between them.
        """
        async with WakeUp(self.database.settings, APPENDED) as wake_up:
            while True:
                try:
                    await wake_up.listen()
                    async with self.database.connection() as connection:
                        events = await reading.read_after(connection, after, batch)
                        held_back = not events and await reading.anything_after(connection, after)
                except StoreUnavailable as error:
                    _LOG.warning("following the record waits: %s", error)
                    await wake_up.recover()
                    continue
                for event in events:
                    yield event
                    after = event.position
                if not events:
                    await wake_up.rest(held_back=held_back)

    async def _repeated(
        self, case_no: str, expected_version: int, previous_hash: bytes, events: Sequence[NewEvent]
    ) -> bytes:
        """The hash of the last of ``events`` if exactly they are on record; a new statement sees who came first."""
        there = await self.read(case_no, expected_version, len(events))
        same = len(there) == len(events) and there[0].previous_hash == previous_hash
        if same and all(map(_is_same, there, events)):
            return there[-1].hash
        async with self.database.connection() as connection:
            row = await connection.fetchrow(SQL["head"], case_no)
        raise VersionConflict(case_no, expected_version, 0 if row is None else row["version"])


def _is_same(there: Recorded, event: NewEvent) -> bool:
    return (there.event_id, there.type, there.occurred_at, there.data) == (
        event.event_id,
        event.type,
        event.occurred_at,
        event.data,
    )
