"""One follower of the record per process, and all who watch a case: nothing missed, nothing twice, nobody waits.

A watcher that cannot keep up is dropped, so that it holds back neither the follower nor the others; its browser comes
back with the last version it has seen.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager

from event_store.errors import StoreUnavailable
from event_store.record import Position, Recorded
from event_store.store import EventStore
from gateway import errors
from gateway.settings import GatewaySettings
from observability import metrics
from one_things.events import CorrectionRequested, Event, ItemApproved, ItemRefused, event_from_json

_LOG = logging.getLogger(__name__)
_FIRST_POSITION_PATIENCE = 5.0  # seconds
_MOST_MEASURED = 32  # decisions of one case on their way to its watchers

Seen = tuple[int, Event]
"""Version of the case, and the event that made it."""


class WatcherDropped(Exception):
    """The watcher was too slow, or the process is about to stop."""


class Watcher:
    """The events of one case for one reader, from the moment it was made."""

    def __init__(self, most_waiting: int) -> None:
        self._waiting: asyncio.Queue[Seen | None] = asyncio.Queue(most_waiting)
        self.dropped = asyncio.Event()

    def offer(self, seen: Seen) -> bool:
        """Hand over an event without waiting; False when too many wait already."""
        try:
            self._waiting.put_nowait(seen)
        except asyncio.QueueFull:
            self.dropped.set()
            return False
        return True

    async def next(self, patience: float) -> Seen | None:
        """The next event, or None after ``patience`` seconds of silence."""
        try:
            async with asyncio.timeout(patience):
                return await self._waiting.get()
        except TimeoutError:
            return None


class LiveRecord:
    """Follows the record once for the whole process and hands each event to who watches its case."""

    def __init__(self, store: EventStore, settings: GatewaySettings) -> None:
        self._store = store
        self._settings = settings
        self._watchers: dict[str, set[Watcher]] = {}
        self._decisions: dict[str, dict[tuple[str, str], float]] = {}
        self._count = 0
        self._position: Position | None = None
        self._has_position = asyncio.Event()
        self._wanted = asyncio.Event()

    @property
    def watchers(self) -> int:
        """How many streams are open."""
        return self._count

    @asynccontextmanager
    async def watching(self, case_no: str) -> AsyncIterator[Watcher]:
        """A watcher of this case: what commits from here on reaches it, so read what was there before **after** this.

        Raises TooManyStreams, OutOfService while the record cannot be followed.
        """
        if self._count >= self._settings.most_streams:
            raise errors.TooManyStreams
        watcher = Watcher(self._settings.stream_queue)
        with self._counted():
            try:
                async with asyncio.timeout(_FIRST_POSITION_PATIENCE):
                    await self._has_position.wait()
            except TimeoutError:
                raise errors.OutOfService("record") from None
            self._watchers.setdefault(case_no, set()).add(watcher)
            try:
                yield watcher
            finally:
                self._forget(case_no, watcher)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """One stream more; the record is followed while there is any."""
        self._count += 1
        self._wanted.set()
        metrics.WATCHERS.set(self._count)
        try:
            yield
        finally:
            self._count -= 1
            metrics.WATCHERS.set(self._count)

    def decision_arrived(self, case_no: str, item: str, decision_id: str) -> bool:
        """A decision for this case is at the door: from here the time until its watchers see it is measured.

        Whether it is noted: not without watchers, and not when it repeats one that is on its way. Say so with
        ``decision_did_not_count`` when no event comes of it; its event may come before the answer that it counted.
        """
        if case_no not in self._watchers:
            return False
        noted = self._decisions.setdefault(case_no, {})
        if (item, decision_id) in noted or len(noted) >= _MOST_MEASURED:
            return False
        noted[item, decision_id] = time.monotonic()
        return True

    def decision_did_not_count(self, case_no: str, item: str, decision_id: str) -> None:
        """The decision that was noted makes no event: it was refused, or a repeat."""
        self._decisions.get(case_no, {}).pop((item, decision_id), None)

    async def follow(self) -> None:
        """Follow the record without end, while somebody watches.

        A fault of ours ends all streams; browsers come back to a fresh start.
        """
        while True:
            try:
                await self._follow()
            except StoreUnavailable as error:
                _LOG.warning("following the record waits: %s", error)
            except Exception:
                _LOG.exception("following the record failed; all live streams begin anew")
                self.drop_all()
                self._lose_position()
            await asyncio.sleep(self._store.database.settings.reconnect_interval)

    def drop_all(self) -> None:
        """End every stream; browsers reconnect by themselves."""
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.dropped.set()

    async def _follow(self) -> None:
        while True:
            await self._wanted.wait()
            if self._position is None:
                self._position = await self._store.last_position()
                self._has_position.set()
            async with aclosing(self._store.tail(self._position)) as tail:
                async for recorded in tail:
                    if not self._count:
                        self._wanted.clear()
                        self._lose_position()
                        break
                    if self._hand_out(recorded):
                        # A burst comes without a pause in between: let those who are fast enough take it.
                        await asyncio.sleep(0)
                    self._position = recorded.position

    def _lose_position(self) -> None:
        self._position = None
        self._has_position.clear()

    def _hand_out(self, recorded: Recorded) -> bool:
        """Hand the event to who watches its case; whether there is anybody."""
        watchers = self._watchers.get(recorded.case_no)
        if not watchers:
            return False
        seen = (recorded.version, event_from_json(recorded.data))
        for watcher in [watcher for watcher in watchers if not watcher.offer(seen)]:
            _LOG.warning("a watcher of %s was too slow and was dropped", recorded.case_no)
            metrics.WATCHERS_DROPPED.inc()
            self._forget(recorded.case_no, watcher)
        self._measure(recorded.case_no, seen[1])
        return True

    def _measure(self, case_no: str, event: Event) -> None:
        if isinstance(event, ItemApproved | ItemRefused | CorrectionRequested):
            arrived = self._decisions.get(case_no, {}).pop((event.item, event.decision_id), None)
            if arrived is not None:
                metrics.DECISION_TO_WATCHER_SECONDS.observe(time.monotonic() - arrived)

    def _forget(self, case_no: str, watcher: Watcher) -> None:
        watchers = self._watchers.get(case_no, set())
        watchers.discard(watcher)
        if not watchers:
            self._watchers.pop(case_no, None)
            self._decisions.pop(case_no, None)
