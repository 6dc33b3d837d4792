"""The live stream of one case as server-sent events: the id of each is the version of the case it leads to."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from event_store.store import EventStore
from gateway.live import LiveRecord, Seen, Watcher
from gateway.settings import GatewaySettings
from gateway.views.change import change_of
from gateway.views.set_aside_words import is_for
from one_things.case import CasePhase, CaseState
from one_things.events import event_from_json
from one_things.evolving import evolve

_RECONNECT_MILLISECONDS = 1000


class CaseStream(EventSourceResponse):
    """Everything that happened to a case after ``after``, then what happens, until the stream's time is over.

    It ends early when the case closed, when the watcher is too slow, or when the caller's token ends.
    """

    def __init__(
        self,
        live: LiveRecord,
        store: EventStore,
        settings: GatewaySettings,
        case_no: str,
        after: int,
        until: datetime,
        *,
        operator: bool,
    ) -> None:
        self._operator = operator
        self._live = live
        self._store = store
        self._settings = settings
        self._case_no = case_no
        self._after = after
        seconds = min(settings.stream_lifetime, (until - datetime.now(UTC)).total_seconds())
        self._seconds = max(seconds, 0.0)
        super().__init__(content=iter(()), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until one of the ends above. A reader that takes nothing any more is cut off, not waited for."""
        async with self._live.watching(self._case_no) as watcher:
            self.body_iterator = self._body(watcher)
            cut = asyncio.timeout(None)
            guard = asyncio.create_task(_cut_when_dropped(watcher, cut))
            try:
                async with cut:
                    await super().__call__(scope, receive, send)
            except TimeoutError:
                if not cut.expired():
                    raise
            finally:
                guard.cancel()

    async def _body(self, watcher: Watcher) -> AsyncGenerator[bytes, None]:
        ends_at = asyncio.get_running_loop().time() + self._seconds
        yield format_sse_event(retry=_RECONNECT_MILLISECONDS, comment="one-thing")
        state: CaseState | None = None
        async with aclosing(self._from_the_beginning(watcher, ends_at)) as events:
            async for version, event in events:
                if event is None:
                    yield KEEPALIVE_COMMENT
                    continue
                state = evolve(state, event)
                if version > self._after and is_for(event, operator=self._operator):
                    change = change_of(state, version, event).model_dump_json(exclude_none=True)
                    yield format_sse_event(data_str=change, event="change", id=str(version))
                if state.phase is CasePhase.CLOSED:
                    break
        yield format_sse_event(comment="over; come back with Last-Event-ID")

    async def _from_the_beginning(
        self, watcher: Watcher, ends_at: float
    ) -> AsyncGenerator[Seen | tuple[int, None], None]:
        """Every event of the case once and in order; (version, None) in long silences."""
        version = 0
        for record in await self._store.read(self._case_no):
            version = record.version
            yield version, event_from_json(record.data)
        loop = asyncio.get_running_loop()
        while (left := ends_at - loop.time()) > 0:
            seen = await watcher.next(min(left, self._settings.stream_heartbeat))
            if seen is None:
                yield version, None
            elif seen[0] > version:  # what was read above also comes from the follower
                version = seen[0]
                yield seen


async def _cut_when_dropped(watcher: Watcher, cut: asyncio.Timeout) -> None:
    await watcher.dropped.wait()
    cut.reschedule(asyncio.get_running_loop().time())
