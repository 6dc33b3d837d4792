"""Lists of cases for people, read from the read models a page at a time; and requests whose case has not begun yet."""

import base64
import binascii
import json
from datetime import date, datetime
from importlib import resources
from typing import Any

from pydantic import Field

from event_store.pool import Database
from event_store.queries import parse
from gateway.texts import text
from gateway.views.moments import last_day
from one_things.case import CasePhase
from one_things.events import CaseOutcome, MandateScope, StopReason
from one_things.model import Record
from one_things.text import Text

SQL = parse(resources.files("gateway").joinpath("sql", "case_lists.sql").read_text(encoding="utf-8"))


class CaseSummary(Record):
    """One case in a list. Counts are items; ``next_due_on`` is the soonest committed date still open."""

    case_no: str
    bundle: str
    title: Text
    phase: CasePhase
    outcome: CaseOutcome | None
    stop_reason: StopReason | None
    open_tasks: int
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    total: int
    approved: int
    correction: int
    overdue: int
    next_due_on: date | None


class ActedFor(CaseSummary):
    """A case in which the reader acts for its applicant, under a mandate that holds."""

    scope: tuple[MandateScope, ...]
    scope_texts: tuple[Text, ...]
    last_day: date
    """The last day of the mandate, in Asia/Shanghai."""


class ActedForPage(Record):
    """A page of the cases that somebody acts for, newest first. ``next`` is the cursor of the page after it."""

    cases: tuple[ActedFor, ...]
    next: str | None = None


class CasePage(Record):
    """A page of a list, newest first. ``next`` is the cursor of the page after it; None on the last."""

    cases: tuple[CaseSummary, ...]
    next: str | None = None


class CaseQuery(Record):
    """Which cases; ``owners`` None means everybody's. ``cursor`` is the ``next`` of the page before."""

    owners: tuple[str, ...] | None
    phase: CasePhase | None = None
    department: str | None = None
    overdue: bool = False
    cursor: str | None = None
    limit: int = Field(default=20, ge=1, le=100)


class CaseRequested(Record):
    """A request that got a number. ``payload`` is None once its workflow runs."""

    owner: str
    allocated_at: datetime
    payload: bytes | None


class CursorInvalid(ValueError):
    """The cursor is none that a page of ours ended with."""


class CaseLists:
    """Reads lists; they follow the record within moments, a single case is better folded from its events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, query: CaseQuery, now: datetime) -> CasePage:
        """A page of cases. Raises CursorInvalid, StoreUnavailable."""
        opened_at, case_no = _position(query.cursor)
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                SQL["page"],
                query.owners,
                query.phase,
                query.department,
                query.overdue,
                now,
                opened_at,
                case_no,
                query.limit + 1,
            )
        summaries = [
            CaseSummary(**{**dict(row), "title": Text.model_validate_json(row["title"])}) for row in rows[: query.limit]
        ]
        more = len(rows) > query.limit
        return CasePage(cases=tuple(summaries), next=_cursor(summaries[-1]) if more else None)

    async def acted_for(self, agent: str, cursor: str | None, limit: int, now: datetime) -> ActedForPage:
        """A page of the cases in which this account holds a mandate. Raises CursorInvalid, StoreUnavailable."""
        opened_at, case_no = _position(cursor)
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["acting_for"], agent, now, opened_at, case_no, limit + 1)
        found = tuple(_acted_for(dict(row)) for row in rows[:limit])
        return ActedForPage(cases=found, next=_cursor(found[-1]) if len(rows) > limit else None)

    async def alive(self) -> None:
        """Returns when the database answers. Raises StoreUnavailable."""
        async with self._database.connection() as connection:
            await connection.fetchval(SQL["alive"])

    async def request(self, case_no: str) -> CaseRequested | None:
        """The request that got this number; None when it was never given out."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["request"], case_no)
        return None if row is None else CaseRequested(**dict(row))


def _acted_for(row: dict[str, Any]) -> ActedFor:
    scope = tuple(map(MandateScope, row["scope"]))
    said = {
        "title": Text.model_validate_json(row["title"]),
        "scope": scope,
        "scope_texts": tuple(text(f"mandate.{one.value}") for one in scope),
        "last_day": last_day(row.pop("ends_at")),
    }
    return ActedFor(**{**row, **said})


def _cursor(last: CaseSummary) -> str:
    text = json.dumps([last.opened_at.isoformat(), last.case_no])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[datetime | None, str | None]:
    if cursor is None:
        return None, None
    try:
        opened_at, case_no = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(opened_at)
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorInvalid from error
    if moment.tzinfo is None or not isinstance(case_no, str):
        raise CursorInvalid
    return moment, case_no
