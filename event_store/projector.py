"""Drives a projection along the record: batch by batch, its checkpoint in the transaction that writes its tables."""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from event_store import reading
from event_store.errors import StoreUnavailable
from event_store.pool import Database
from event_store.queries import load
from event_store.record import BEGINNING, Position, Recorded
from event_store.wake_up import APPENDED, WakeUp
from observability import metrics

if TYPE_CHECKING:
    from event_store.pool import Connection

SQL = load("projector")
_LOG = logging.getLogger(__name__)
_BUSY = 40
"""Events of one step after which the pause is twice as long: the more happens, the more goes together."""
_LONGEST = 5
"""Times the pause, at most."""
_LOOK_AGAIN = 60.0
"""Seconds between two looks for cases that were left behind."""


class Projection(Protocol):
    """Tables that follow from the events and from nothing else: no clock, no chance, no order of their own."""

    @property
    def name(self) -> str:
        """The name of its checkpoint."""
        ...

    @property
    def shape(self) -> int:
        """What its tables are made by. A release that makes them otherwise has another, and makes them anew."""
        ...

    async def apply(self, connection: "Connection", events: Sequence[Recorded]) -> None:
        """Writes what ``events`` change, passing over what it has written before.

        A case of which it cannot write an event stays as it is before that event, and holds up no other.
        """
        ...

    async def left_behind(self, connection: "Connection", position: Position) -> list[str]:
        """The cases that ``apply`` left as they were, of those with events up to ``position``."""
        ...

    async def clear(self, connection: "Connection") -> None:
        """Empties its tables."""
        ...

    def committed(self) -> None:
        """What ``apply`` wrote last is durable now; never called for a rebuild, which shows nothing new."""
        ...


class Projector:
    """Moves one projection. Any number of processes may run one: a lock lets one of them write at a time."""

    def __init__(self, database: Database, projection: Projection, batch: int = 500) -> None:
        self._database = database
        self._projection = projection
        self._batch = batch

    async def position(self) -> Position:
        """How far the projection has come."""
        async with self._database.connection() as connection:
            return await self._checkpoint(connection)

    async def step(self) -> int:
        """Projects at most one batch and returns how many events that were; 0 also while another process is at it."""
        async with self._database.transaction() as connection:
            if not await connection.fetchval(SQL["try_lock"], self._projection.name):
                return 0
            count = await self._advance(connection, await self._checkpoint(connection))
        if count:
            self._projection.committed()
        metrics.PROJECTOR_LAG_EVENTS.set(await self._behind() if count == self._batch else 0)
        return count

    async def catch_up(self) -> int:
        """Projects everything that is final by now and returns how many events that were."""
        total = 0
        while count := await self.step():
            total += count
        return total

    async def run(self) -> None:
        """Follows the record without end, through restarts of the database.

        What had to be left behind is tried again now and then: during a rolling release gateways of the older one
        meet events that only the newer one can read.
        """
        look_again, is_current = -math.inf, False
        async with WakeUp(self._database.settings, APPENDED) as wake_up:
            while True:
                try:
                    await wake_up.listen()
                    if not is_current:
                        await self.rebuild_if_older()
                        is_current = True
                    if time.monotonic() >= look_again:
                        await self.retry_left_behind()
                        look_again = time.monotonic() + _LOOK_AGAIN
                    count = await self.step()
                    held_back = count == 0 and await self._is_behind()
                except StoreUnavailable as error:
                    _LOG.warning("projection %s waits: %s", self._projection.name, error)
                    await wake_up.recover()
                    continue
                if count == 0:
                    await wake_up.rest(held_back=held_back)
                elif count < self._batch:
                    # What happens meanwhile goes into one step: each writes the state of a case once, however many
                    # events it has; and a transaction that runs holds back all who follow the record.
                    await asyncio.sleep(self._database.settings.projection_pause * min(1 + count / _BUSY, _LONGEST))

    async def retry_left_behind(self) -> list[str]:
        """Projects what could not be projected before, one case at a time; returns the cases of which it still cannot.

        Afterwards the tables are as if there had been no delay, and as a rebuild would make them.
        """
        async with self._database.connection() as connection:
            found = await self._projection.left_behind(connection, await self._checkpoint(connection))
        for case_no in found:
            await self._retry(case_no)
        async with self._database.connection() as connection:
            still = await self._projection.left_behind(connection, await self._checkpoint(connection)) if found else []
        metrics.CASES_LEFT_BEHIND.set(len(still))
        return still

    async def _retry(self, case_no: str) -> None:
        async with self._database.transaction() as connection:
            if not await connection.fetchval(SQL["try_lock"], self._projection.name):
                return
            checkpoint = await self._checkpoint(connection)
            await self._projection.apply(connection, await reading.read_up_to(connection, case_no, checkpoint))
            await connection.execute(SQL["ring"], f"{self._projection.name} {checkpoint}")
        self._projection.committed()

    async def rebuild_if_older(self) -> int:
        """Projects the whole record anew if an older release made the tables in another shape; how many events."""
        async with self._database.connection() as connection:
            if not await self._is_older(connection):
                return 0
        _LOG.warning("projection %s is made anew: this release shows more than the one before", self._projection.name)
        return await self.rebuild(only_older=True)

    async def rebuild(self, *, only_older: bool = False) -> int:
        """Projects the whole record anew, in one transaction, and returns how many events that were.

        Readers see the old content until it is done. Followers of the record wait meanwhile: what commits after its
        beginning is final only at its end. Meant for the hours when nobody looks. ``only_older``: unless another
        process has done it by the time that this one may.
        """
        async with self._database.transaction() as connection:
            await connection.execute(SQL["lock"], self._projection.name)
            if only_older and not await self._is_older(connection):
                return 0
            await self._projection.clear(connection)
            await connection.execute(SQL["begin_anew"], self._projection.name)
            position, total = BEGINNING, 0
            while count := await self._advance(connection, position):
                position = await self._checkpoint(connection)
                total += count
        return total

    async def _is_older(self, connection: "Connection") -> bool:
        return bool(await connection.fetchval(SQL["is_older"], self._projection.name, self._projection.shape))

    async def _advance(self, connection: "Connection", position: Position) -> int:
        events = await reading.read_after(connection, position, self._batch)
        if events:
            await self._projection.apply(connection, events)
            reached = events[-1].position
            await connection.execute(SQL["move"], self._projection.name, *reached, self._projection.shape)
            await connection.execute(SQL["ring"], f"{self._projection.name} {reached}")
        return len(events)

    async def _checkpoint(self, connection: "Connection") -> Position:
        row = await connection.fetchrow(SQL["checkpoint"], self._projection.name)
        return BEGINNING if row is None else Position(*row)

    async def _behind(self) -> int:
        async with self._database.connection() as connection:
            behind: int = await connection.fetchval(SQL["behind"], *await self._checkpoint(connection))
        return behind

    async def _is_behind(self) -> bool:
        async with self._database.connection() as connection:
            return await reading.anything_after(connection, await self._checkpoint(connection))
