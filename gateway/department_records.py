"""What the record holds about one department: the look-ups made at it, and what it said that did not count.

For the department itself, which signs its question as it signs a decision, and for operators.
"""

import base64
import binascii
import json
from datetime import datetime
from importlib import resources
from typing import Any, Literal

from event_store.pool import Database
from event_store.queries import parse
from gateway.case_lists import CursorInvalid
from one_things.events import DecisionSetAside, SetAsideEvent, WhySetAside, event_from_json
from one_things.looked_up import LookedUp
from one_things.model import Record

SQL = parse(resources.files("gateway").joinpath("sql", "department_records.sql").read_text(encoding="utf-8"))


class LookUpMade(LookedUp):
    """A look-up at the department, and the case that it was made for."""

    case_no: str
    at: datetime


class LookUpsMade(Record):
    """A page, newest first. ``next`` is the cursor of the page after it; None on the last."""

    look_ups: tuple[LookUpMade, ...]
    next: str | None = None


class SaidOutOfPlace(Record):
    """A decision or an act that did not count; with ``more``, that there was more than is kept."""

    case_no: str
    at: datetime
    item: str
    attempt: int | None = None
    decision_id: str | None = None
    said: str | None = None
    why: WhySetAside | None = None
    code: str | None = None
    more: bool = False


class SaidOutOfPlacePage(Record):
    """A page, newest first. ``next`` is the cursor of the page after it; None on the last."""

    set_aside: tuple[SaidOutOfPlace, ...]
    next: str | None = None


class DepartmentRecords:
    """Reads both. The methods raise CursorInvalid, StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look_ups(self, department: str, cursor: str | None, limit: int) -> LookUpsMade:
        """The look-ups that were made at the department."""
        rows, following = await self._page("look_ups", department, cursor, limit)
        made = (
            {**json.loads(row["data"])["looked_up"], "case_no": row["case_no"], "at": row["at"].isoformat()}
            for row in rows
        )
        return LookUpsMade(
            look_ups=tuple(LookUpMade.model_validate_json(json.dumps(one)) for one in made), next=following
        )

    async def set_aside(self, department: str, cursor: str | None, limit: int) -> SaidOutOfPlacePage:
        """What the department said that did not count."""
        rows, following = await self._page("set_aside", department, cursor, limit)
        return SaidOutOfPlacePage(set_aside=tuple(map(_set_aside, rows)), next=following)

    async def _page(
        self, which: Literal["look_ups", "set_aside"], department: str, cursor: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL[which], department, *_position(cursor), limit + 1)
        return [dict(row) for row in rows[:limit]], _cursor(dict(rows[limit - 1])) if len(rows) > limit else None


def _set_aside(row: dict[str, Any]) -> SaidOutOfPlace:
    event = event_from_json(row["data"])
    assert isinstance(event, SetAsideEvent)
    where = {"case_no": row["case_no"], "at": row["at"], "item": event.item}
    if not isinstance(event, DecisionSetAside):
        return SaidOutOfPlace(**where, more=True)
    return SaidOutOfPlace(
        **where,
        attempt=event.attempt,
        decision_id=event.decision_id,
        said=event.said,
        why=event.why,
        code=event.code,
    )


def _cursor(last: dict[str, Any]) -> str:
    written = json.dumps([last["at"].isoformat(), last["case_no"], last["version"]])
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[datetime | None, str | None, int | None]:
    if cursor is None:
        return None, None, None
    try:
        at, case_no, version = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorInvalid from error
    if moment.tzinfo is None or not isinstance(case_no, str) or type(version) is not int or not 0 <= version < 2**31:
        raise CursorInvalid
    return moment, case_no, version
