"""Is the record still what was written? Recomputes every hash and compares with heads, intake and counters.

Finds what somebody with full rights on the database, but without the head key, can do: change, remove, slip in, cut
off, drop a case. It cannot find a case that was put back as a whole to an earlier state, with the head of that time;
for that, heads are to be compared with a copy kept elsewhere (the archive of closed cases).
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from datetime import timedelta
from enum import StrEnum

import asyncpg
from pydantic import BaseModel, ConfigDict

from event_store.case_numbers import case_number
from event_store.chain import Hasher, is_genuine_head, link
from event_store.errors import UnknownCase
from event_store.pool import Database
from event_store.queries import load
from event_store.reading import recorded
from event_store.record import GENESIS, Recorded

SQL = load("verify")


class FindingKind(StrEnum):
    """What is wrong with the record."""

    CHANGED = "changed"
    """An event is not what was hashed, or does not follow from the one before."""
    MISSING = "missing"
    """An event between two others is gone."""
    EXTRA = "extra"
    """An event lies after the end of its case, or the case has no end on record."""
    TAIL_MISSING = "tail-missing"
    """The case ends before its head says."""
    HEAD_FORGED = "head-forged"
    """The head was not written by a holder of the head key."""
    CASE_MISSING = "case-missing"
    """A case that was started has no record at all."""
    NUMBER_MISSING = "number-missing"
    """A case number was given out, but the intake does not know to whom."""


class Finding(BaseModel):
    """One thing that is wrong. ``version`` is None where it concerns the case as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FindingKind
    case_no: str
    version: int | None = None


class Verifier:
    """Checks the record. ``hashers`` are all suites the record was ever written with."""

    def __init__(
        self,
        database: Database,
        hashers: Iterable[Hasher],
        head_key: bytes,
        *,
        settling_time: timedelta = timedelta(minutes=10),
        page: int = 1000,
    ) -> None:
        self._database = database
        self._hashers = {hasher.name: hasher for hasher in hashers}
        self._head_key = head_key
        self._settling_time = settling_time
        self._page = page

    async def verify(self, case_no: str | None = None) -> list[Finding]:
        """Everything that is wrong with one case or, with None, with the whole record; in the order of case numbers.

        Reads one snapshot, so that writers neither disturb it nor wait for it. A started case may be without events
        for ``settling_time``. Raises UnknownCase when nothing at all is known of ``case_no``.
        """
        findings: list[Finding] = []
        seen = False
        async with self._database.transaction(isolation="repeatable_read", readonly=True) as connection:
            cursor = connection.cursor(SQL["chain"], case_no, prefetch=self._page)
            async for rows in _by_case(cursor):
                seen = True
                findings += self._check_case(rows)
            for row in await connection.fetch(SQL["started_without_record"], case_no, self._settling_time):
                findings.append(Finding(kind=FindingKind.CASE_MISSING, case_no=row["case_no"]))
            if case_no is None:
                findings += [
                    Finding(kind=FindingKind.NUMBER_MISSING, case_no=case_number(*row))
                    for row in await connection.fetch(SQL["numbers_without_request"])
                ]
            elif not seen and not await connection.fetchval(SQL["is_allocated"], case_no):
                raise UnknownCase(case_no)
        return sorted(findings, key=lambda finding: finding.case_no)

    def _check_case(self, rows: list[asyncpg.Record]) -> list[Finding]:
        case_no = rows[0]["case_no"]
        events = [recorded(row) for row in rows if row["version"] is not None]
        found = dict.fromkeys((*self._check_chain(events), *self._check_head(rows[0], events)))
        return [Finding(kind=kind, case_no=case_no, version=version) for kind, version in found]

    def _check_chain(self, events: list[Recorded]) -> Iterator[tuple[FindingKind, int | None]]:
        previous_version, previous_hash = 0, GENESIS
        for event in events:
            gap = range(previous_version + 1, event.version)
            yield from ((FindingKind.MISSING, version) for version in gap)
            follows = bool(gap) or event.previous_hash == previous_hash
            if not follows or not self._is_as_hashed(event):
                yield FindingKind.CHANGED, event.version
            previous_version, previous_hash = event.version, event.hash

    def _is_as_hashed(self, event: Recorded) -> bool:
        hasher = self._hashers.get(event.suite)
        if hasher is None:
            return False
        return link(hasher, event.previous_hash, event.case_no, event.version, event) == event.hash

    def _check_head(self, head: asyncpg.Record, events: list[Recorded]) -> Iterator[tuple[FindingKind, int | None]]:
        version, hashed = head["head_version"], head["head_hash"]
        if version is None:
            yield from ((FindingKind.EXTRA, event.version) for event in events)
            return
        hasher = self._hashers.get(head["head_suite"])
        if hasher is None or not is_genuine_head(
            hasher, self._head_key, head["case_no"], version, hashed, head["head_mac"]
        ):
            yield FindingKind.HEAD_FORGED, None
            return
        last = events[-1].version if events else 0
        yield from ((FindingKind.TAIL_MISSING, missing) for missing in range(last + 1, version + 1))
        for event in events:
            if event.version == version and event.hash != hashed:
                yield FindingKind.CHANGED, version
            elif event.version > version:
                yield FindingKind.EXTRA, event.version


async def _by_case(rows: AsyncIterable[asyncpg.Record]) -> AsyncIterator[list[asyncpg.Record]]:
    case: list[asyncpg.Record] = []
    async for row in rows:
        if case and row["case_no"] != case[0]["case_no"]:
            yield case
            case = []
        case.append(row)
    if case:
        yield case
