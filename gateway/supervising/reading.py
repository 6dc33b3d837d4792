"""Reads how departments do. Working days are reckoned by the calendar that is known when it is read."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import accumulate
from typing import Any, NamedTuple

from activities.calendars import KnownCalendar
from event_store.collecting import Collecting
from event_store.collecting import Standing as Collected
from event_store.department_health import DepartmentHealth, Standing, Tally
from event_store.pool import Database
from event_store.queries import parse
from gateway.case_lists import CursorInvalid
from gateway.supervising.figures import Counted
from gateway.supervising.views import Lies, Period, Which
from one_things.clock import end_of_day, shanghai_date

SQL = parse(resources.files("gateway").joinpath("sql", "supervision.sql").read_text(encoding="utf-8"))
_ONE_DAY = timedelta(days=1)
_EVENTS = {Which.RETURNED: "item_returned", Which.CORRECTED: "correction_requested"}


class Place(NamedTuple):
    """Where something lies: an item of a bundle, or empty for all of a department."""

    department: str
    bundle: str
    item: str


class Read(NamedTuple):
    """Everything about some departments, at one moment."""

    lies: dict[Place, Lies]
    counted: tuple[Counted, ...]
    calls: dict[str, Tally]
    trouble: tuple[Standing, ...]
    fetching: dict[str, Collected]
    passed_over: dict[str, int]


class CaseRow(NamedTuple):
    """A case behind a number, as it is stored."""

    at: datetime
    case_no: str
    item: str
    status: str
    due_on: date | None
    reason: str | None
    responsible: str | None


class Supervision:
    """Reads the read models and what processes say of departments. All methods raise StoreUnavailable."""

    def __init__(self, database: Database, calendar: KnownCalendar) -> None:
        self._database = database
        self._calendar = calendar
        self._health = DepartmentHealth(database)
        self._collecting = Collecting(database)

    async def read(self, departments: Sequence[str] | None, period: Period, now: datetime, *, by_item: bool) -> Read:
        """These departments, or all of them for None; figures of the period, the rest as it is now."""
        # One after another: a request that took a connection for each would keep others waiting for theirs.
        return Read(
            lies=await self.lies(departments, now, by_item=by_item),
            counted=await self._counted(departments, _first_day(period, now), by_item=by_item),
            calls=await self._health.calls(now - _ONE_DAY),
            trouble=tuple(await self._health.trouble()),
            fetching={one.department: one for one in await self._collecting.standings()},
            passed_over=await self._passed_over(now - _ONE_DAY),
        )

    async def _passed_over(self, since: datetime) -> dict[str, int]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["passed_over"], since)
        return {row["department"]: row["refused"] for row in rows}

    async def lies(
        self, departments: Sequence[str] | None, now: datetime, *, by_item: bool = False
    ) -> dict[Place, Lies]:
        """What lies where now."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["lying"], departments, now, by_item)
        return {
            Place(row["department"], row["bundle"], row["item"]): Lies(
                open=row["open"],
                due_soon=row["due_soon"],
                overdue=row["overdue"],
                with_applicant=row["with_applicant"],
            )
            for row in rows
        }

    async def _counted(
        self, departments: Sequence[str] | None, first_day: date | None, *, by_item: bool
    ) -> tuple[Counted, ...]:
        async with self._database.transaction(readonly=True) as connection:
            await connection.execute(SQL["room"])
            bounds = await connection.fetchrow(SQL["bounds"], departments, first_day)
            if bounds is None or bounds["first"] is None:
                return ()
            working_days = await self._working_days(bounds["first"], bounds["last"])
            before = bounds["first"] - _ONE_DAY
            rows = await connection.fetch(SQL["figures"], departments, first_day, by_item, before, working_days)
        return tuple(Counted(**dict(row)) for row in rows)

    async def _working_days(self, first: date, last: date) -> list[int]:
        """How many working days there are from the first day until each."""
        calendar = await self._calendar.current()
        days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
        return list(accumulate(int(calendar.is_working_day(day)[0]) for day in days))

    async def cases(
        self,
        department: str,
        which: Which,
        period: Period,
        now: datetime,
        *,
        item: str | None,
        reason: str | None,
        responsible: str | None,
        cursor: str | None,
        limit: int,
    ) -> tuple[list[CaseRow], str | None]:
        """The cases behind a number, and the cursor of the page after these. Raises CursorInvalid."""
        seen = _position(cursor)
        async with self._database.connection() as connection:
            if which in _EVENTS:
                first = _first_day(period, now)
                since = None if first is None else end_of_day(first - _ONE_DAY)
                rows = await connection.fetch(
                    SQL["handled_cases"], department, _EVENTS[which], since, item, *seen, limit + 1, reason, responsible
                )
            else:
                rows = await connection.fetch(SQL["lying_cases"], department, now, which.value, item, *seen, limit + 1)
        found = [CaseRow(**dict(row)) for row in rows[:limit]]
        return found, _cursor(found[-1]) if len(rows) > limit else None


def _first_day(period: Period, now: datetime) -> date | None:
    return None if period.days is None else shanghai_date(now) - timedelta(days=period.days - 1)


def _cursor(last: CaseRow) -> str:
    written = json.dumps([last.at.isoformat(), last.case_no, last.item])
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[Any, Any, Any]:
    if cursor is None:
        return None, None, None
    try:
        at, case_no, item = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise CursorInvalid from error
    if not isinstance(case_no, str) or not isinstance(item, str):
        raise CursorInvalid
    return moment, case_no, item
