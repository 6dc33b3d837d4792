"""What departments' systems sent and we refused: counted at once, written down and said in the log a moment later.

Nothing of what was sent is kept, and nothing that a stranger could make up without end: a department that we know, one
of our doors, one of our codes. So a flood of refused calls costs one row and one line, and nobody else notices.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

from event_store.errors import StoreUnavailable
from event_store.refused_calls import RefusedCalls
from gateway import errors
from observability import metrics
from one_things.model import Record

_LOG = logging.getLogger(__name__)
_BETWEEN_NOTES: Final = 1.0
"""Seconds."""
_ORDINARY: Final = {"materials": frozenset({404, 409, 410}), "": frozenset({409})}
"""What befalls honest systems: a decision too late is the case's own affair, a content may not be there yet."""
UNKNOWN: Final = "unknown"
Door = Literal["decisions", "acts", "events", "materials"]


class RefusedCallRows(Protocol):
    """Where they are kept; `event_store.refused_calls.RefusedCallBook` is the real one."""

    async def add(self, refused: list[RefusedCalls]) -> None:
        """These came on top. Raises StoreUnavailable."""

    async def latest(self, limit: int) -> list[RefusedCalls]:
        """The kinds that came last, of each hour. Raises StoreUnavailable."""


class RefusedKind(Record):
    """Refused calls of one kind in one hour. ``department`` is that of the address; ``unknown``: none of ours."""

    department: str
    door: str
    code: str
    times: int
    first_at: datetime
    last_at: datetime


class RefusedPage(Record):
    """The kinds of refused calls that came last."""

    refused: tuple[RefusedKind, ...]


class RefusedAtTheDoor:
    """Counts them in this process."""

    def __init__(self, rows: RefusedCallRows, departments: Collection[str]) -> None:
        self._rows = rows
        self._departments = frozenset(departments)
        self._counted: dict[tuple[str, str, str], RefusedCalls] = {}
        self._some = asyncio.Event()

    @asynccontextmanager
    async def watching(self, department: str, door: Door) -> AsyncIterator[None]:
        """Whatever is refused within was sent to this door."""
        try:
            yield
        except errors.Problem as problem:
            if 400 <= problem.status < 500 and problem.status not in _ORDINARY.get(door, _ORDINARY[""]):
                self._count(department, door, problem.stated_code)
            raise

    def _count(self, department: str, door: str, code: str) -> None:
        known = department if department in self._departments else UNKNOWN
        metrics.REFUSED_CALLS.labels(known, door, code).inc()
        now = datetime.now(UTC)
        one = RefusedCalls(known, door, code, 1, now, now)
        before = self._counted.get((known, door, code))
        self._counted[known, door, code] = one if before is None else _together(before, one)
        self._some.set()

    async def keep(self) -> None:
        """Write down what was counted, for ever; while the database is away it is kept."""
        try:
            while True:
                await self._some.wait()
                await asyncio.sleep(_BETWEEN_NOTES)
                self._some.clear()
                await self._write()
        finally:
            with suppress(StoreUnavailable):
                await self._write()

    async def _write(self) -> None:
        counted, self._counted = self._counted, {}
        for one in counted.values():
            _LOG.warning("refused %d calls to %s of %s: %s", one.times, one.door, one.department, one.code)
        try:
            await self._rows.add(list(counted.values()))
        except StoreUnavailable:
            for kind, one in counted.items():
                later = self._counted.get(kind)
                self._counted[kind] = one if later is None else _together(one, later)
            self._some.set()


def _together(one: RefusedCalls, later: RefusedCalls) -> RefusedCalls:
    return one._replace(times=one.times + later.times, last_at=later.last_at)


async def latest(rows: RefusedCallRows, limit: int) -> RefusedPage:
    """What operators see. Raises StoreUnavailable."""
    return RefusedPage(refused=tuple(RefusedKind(**one._asdict()) for one in await rows.latest(limit)))
