"""Events for tests of the record, where their meaning does not matter."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from event_store.errors import StoreUnavailable
from event_store.record import GENESIS, NewEvent
from event_store.store import EventStore

CASE = "4419-2026-000017"
OTHER_CASE = "4419-2026-000018"
HEAD_KEY = b"k" * 32
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
_NAMESPACE = UUID("0d4e5f8e-8f0e-4b3a-9d2c-7a4f9d1c2b3a")


def some_events(case_no: str, first: int, count: int, note: str = "测试") -> list[NewEvent]:
    """``count`` events of a case from version ``first`` on; the same arguments give the same events."""
    return [
        NewEvent(
            event_id=uuid5(_NAMESPACE, f"{case_no}/{version}"),
            type="noted",
            occurred_at=NOON + timedelta(minutes=version, microseconds=1),
            data=f'{{"version": {version},  "note":"{note}"}}',
        )
        for version in range(first, first + count)
    ]


async def insist(attempt: Callable[[], Awaitable[bytes]]) -> bytes:
    """Repeats until PostgreSQL answers, as Temporal does with the activity; half a minute at most."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await attempt()
            except StoreUnavailable:
                await asyncio.sleep(0.05)


async def a_case(store: EventStore, case_no: str = CASE, length: int = 3) -> bytes:
    """A case with ``length`` events; its head."""
    return await store.append(case_no, 0, GENESIS, some_events(case_no, 1, length))
