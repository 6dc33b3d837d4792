"""The inbox of a department: what lies with it, the soonest date first, each with a light and its word."""

import base64
import binascii
import json
from datetime import UTC, date, datetime, timedelta

from event_store.workbench import Claim, InboxQuery, InboxRow
from gateway.case_lists import CursorInvalid
from gateway.services import GatewayServices
from gateway.texts import text
from gateway.views.clock_view import Light
from gateway.views.moments import last_day
from gateway.workbench.claims import ClaimView, claim_view
from gateway.workbench.desk import Desk, location_of
from one_things.clock import DueDate, WorkingCalendar, days_left, shanghai_date
from one_things.inbox import InboxState
from one_things.model import Record
from one_things.office_days import OfficeDays, OfficeNotice
from one_things.text import Text

_WAITS_FOR_OTHERS = {InboxState.STANDS, InboxState.ON_NOTICE, InboxState.WITH_APPLICANT}
_SOON = 1
"""Working days left at which the light changes, where no warning date was reckoned."""
_TWO_WEEKS = timedelta(days=14)


class InboxItem(Record):
    """One item in the inbox."""

    case_no: str
    item: str
    title: Text
    bundle_title: Text
    attempt: int
    state: InboxState
    state_text: Text
    until: date | None = None
    """The last day for it, in Asia/Shanghai; None while no clock runs."""
    provisional: bool = False
    light: Light
    light_text: Text
    claim: ClaimView
    extension_asked: bool = False
    """An extension waits for a supervisor's approval."""
    location: str


class InboxPage(Record):
    """A page of the inbox. ``next`` is the cursor of the page after it; None on the last."""

    department: str
    office: tuple[OfficeNotice, ...]
    """Days of the coming two weeks on which the office is closed or open otherwise than the official calendar says."""
    items: tuple[InboxItem, ...]
    next: str | None = None


class InboxFilter(Record):
    """What of the inbox is wanted."""

    state: InboxState | None = None
    mine: bool = False
    overdue: bool = False
    cursor: str | None = None
    limit: int = 20


async def inbox_page(services: GatewayServices, desk: Desk, wanted: InboxFilter) -> InboxPage:
    """A page of the inbox of this desk. Raises CursorInvalid, StoreUnavailable."""
    now = datetime.now(UTC)
    query = InboxQuery(
        department=desk.department,
        state=wanted.state,
        holder=desk.officer.subject if wanted.mine else None,
        overdue=wanted.overdue,
        after=_place(wanted.cursor),
        limit=wanted.limit,
    )
    rows = await services.workbench.page(query, now)
    calendar = await services.known_calendar.current()
    office, today = services.office_days(desk.department), shanghai_date(now)
    shown = rows[: wanted.limit]
    return InboxPage(
        department=desk.department,
        office=office.notices(today, today + _TWO_WEEKS),
        items=tuple(_shown(row, desk, now, calendar, office) for row in shown),
        next=_cursor(shown[-1]) if len(rows) > wanted.limit else None,
    )


def light_of(
    state: InboxState,
    until: datetime | None,
    warn_at: datetime | None,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    breached: bool = False,
    office: OfficeDays = OfficeDays(),  # noqa: B008 - frozen
) -> Light:
    """The light: what waits for others stands; then by the warning and the end. ``now`` is the time of the case.

    Where the ``office`` is closed before the end, it warns on the last day but one on which somebody works there.
    """
    if breached:
        return Light.OVER
    if state in _WAITS_FOR_OTHERS:
        return Light.STANDS
    if state is InboxState.TO_UNDO:
        return Light.SOON
    if until is None:
        return Light.IN_TIME
    if now >= until:
        return Light.OVER
    due = DueDate(date=last_day(until), provisional=False)
    left, open_days = days_left(now, due, calendar=calendar), days_left(now, due, calendar=office.over(calendar))
    if open_days < left and open_days <= _SOON:
        return Light.SOON
    if warn_at is not None:
        return Light.SOON if now >= warn_at else Light.IN_TIME
    return Light.SOON if left <= _SOON else Light.IN_TIME


def _shown(row: InboxRow, desk: Desk, now: datetime, calendar: WorkingCalendar, office: OfficeDays) -> InboxItem:
    state = InboxState(row.state)
    of_case = now + timedelta(seconds=row.seconds_ahead)
    light = light_of(state, row.until, row.warn_at, of_case, calendar, breached=row.breached, office=office)
    return InboxItem(
        case_no=row.case_no,
        item=row.item_id,
        title=Text.model_validate_json(row.title),
        bundle_title=Text.model_validate_json(row.bundle_title),
        attempt=row.attempt,
        state=state,
        state_text=text(f"inbox.{state.value}"),
        until=None if row.until is None else last_day(row.until),
        provisional=row.provisional,
        light=light,
        light_text=text(f"light.{light.value}"),
        claim=claim_view(Claim(row.holder, row.since, row.version), desk.officer.subject),
        extension_asked=row.extension_asked,
        location=location_of(desk.department, row.case_no, row.item_id),
    )


def _cursor(last: InboxRow) -> str:
    until = None if last.until is None else last.until.isoformat()
    text = json.dumps([until, last.case_no, last.item_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str | None) -> tuple[datetime, str, str] | None:
    if cursor is None:
        return None
    try:
        until, case_no, item = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.max.replace(tzinfo=UTC) if until is None else datetime.fromisoformat(until)
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorInvalid from error
    if moment.tzinfo is None or not isinstance(case_no, str) or not isinstance(item, str):
        raise CursorInvalid
    return moment, case_no, item
