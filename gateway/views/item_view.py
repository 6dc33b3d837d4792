"""One item as a person sees it: where it stands, in a word and a state, how much time is left, what came of it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum

from gateway.texts import text
from gateway.views.clock_view import ClockView, clock_view
from gateway.views.delivery_view import paper_comes
from gateway.views.moments import last_day, short_day_text
from gateway.views.money_view import ItemMoneyView, ItemSigningView, money_of, signing_of
from gateway.views.waiting import held_up_by
from one_things.blocked import blocked_items
from one_things.case import CasePhase, CaseState, ItemState, ItemStatus, Return
from one_things.clock import OFFICIAL, DueDate, WorkingCalendar, days_left, shanghai_date
from one_things.deciding.corrections import may_ask_again
from one_things.definition import ItemKind
from one_things.events import DecidedResult, Responsible, ReturnReason
from one_things.hand_in import waiting_for_applicant
from one_things.model import Record
from one_things.office_days import OfficeNotice
from one_things.papers import papers_of
from one_things.plan import PlannedItem
from one_things.text import Text


class Look(StrEnum):
    """How an item looks to people: its status, and ``dropped`` for one that will not be handled any more."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    NOTICE = "notice"
    CORRECTION = "correction"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"
    UNDONE = "undone"
    UNDO_FAILED = "undo_failed"
    DROPPED = "dropped"
    NOT_CHOSEN = "not_chosen"


class DepartmentName(Record):
    """A department by its code and name."""

    id: str
    title: Text


class PointView(Record):
    """One point of a correction notice, as the department wrote it."""

    code: str
    field_or_material: str
    text: str


class ResultView(Record):
    """A result: announced by the plan, or issued under a reference."""

    item: str
    id: str
    title: Text
    kind: str
    kind_text: Text
    issued: bool
    reference: str | None = None
    digest: str | None = None
    paper: Text | None = None
    """In a few words, what becomes of it on paper; None where it has none."""


class ReturnView(Record):
    """Why an item was returned, and whose doing it was."""

    reason: ReturnReason
    reason_text: Text
    responsible: Responsible
    responsible_text: Text


class ItemTexts(Record):
    """What departments wrote about an item, opened for this viewer; None where there is nothing or it was erased."""

    reason: str | None = None
    points: tuple[PointView, ...] = ()
    extension_reason: str | None = None
    extension_approver: str | None = None


class ItemView(Record):
    """One item of the case."""

    id: str
    title: Text
    department: DepartmentName
    kind: ItemKind
    pivot: bool
    after: tuple[str, ...]
    status: Look
    status_text: Text
    attempt: int
    reference: str | None = None
    accepted_at: datetime | None = None
    due_on: date | None = None
    """Last day of the committed limit, in Asia/Shanghai."""
    provisional: bool = False
    working_days_left: int | None = None
    """0 on the last day, negative by the working days it is over; None while no limit runs."""
    overdue: bool = False
    notice_ends_on: date | None = None
    notice_days_left: int | None = None
    hand_in_by: date | None = None
    unreachable_since: datetime | None = None
    maintenance_until: datetime | None = None
    """Until when the department's system is in maintenance, while the item waits to be submitted to it."""
    office: tuple[OfficeNotice, ...] = ()
    """While it lies with the department: days until its limit on which the office is closed, or opens besides."""
    time_left: Text | None = None
    """The one thing to know about time, in a few words."""
    clock: ClockView | None = None
    """How its limit stands; None while none runs."""
    code: str | None = None
    reason: str | None = None
    article: str | None = None
    correction_points: tuple[PointView, ...] = ()
    returned: ReturnView | None = None
    """Why it was returned, while it is."""
    deemed_on: date | None = None
    """While it is only received: the last day of silence, after which it counts as accepted."""
    corrections_asked: int = 0
    """Correction notices so far; there is one, and another only with an operator's leave."""
    needs_leave: bool = False
    """The department may not ask for corrections again unless an operator lets it."""
    linked: bool = False
    """A linked change after the pivot: should it fail, it fails alone."""
    failed_alone: Text | None = None
    """What that means and what to do; None unless a linked change failed."""
    results: tuple[ResultView, ...] = ()
    waits_for: Text | None = None
    """What holds it up that its applicant can do something about: a source that is down, a material to hand in."""
    held_up: Text | None = None
    """The same in the few words that fit on the map."""
    required_by: str | None = None
    """The item that made it come along, which nobody chose."""
    came_along: Text | None = None
    signing: ItemSigningView | None = None
    money: ItemMoneyView | None = None


def item_views(
    state: CaseState, now: datetime, texts: Mapping[str, ItemTexts], calendar: WorkingCalendar = OFFICIAL
) -> tuple[ItemView, ...]:
    """All items of the plan, in its order. ``now`` is the time of the case."""
    looks = item_looks(state)
    nothing = ItemTexts()
    awaited = waiting_for_applicant(state)
    return tuple(
        _view(state, planned, looks[planned.id], now, texts.get(planned.id, nothing), awaited, calendar)
        for planned in state.plan.items
    )


def item_looks(state: CaseState) -> dict[str, Look]:
    """How every item looks."""
    blocked = blocked_items(state) if state.phase is CasePhase.OPEN else frozenset()
    over = state.phase not in {CasePhase.OPEN, CasePhase.PROPOSED}
    return {
        item_id: Look.DROPPED
        if item.status is ItemStatus.WAITING and (over or item_id in blocked)
        else Look(item.status.value)
        for item_id, item in state.items.items()
    }


def _view(
    state: CaseState,
    planned: PlannedItem,
    look: Look,
    now: datetime,
    texts: ItemTexts,
    awaited: Collection[str],
    calendar: WorkingCalendar,
) -> ItemView:
    item = state.items[planned.id]
    held_up = held_up_by(state, planned)
    left = _working_days_left(item, now, calendar)
    clock = clock_view(state, planned.id, now, calendar, (texts.extension_reason, texts.extension_approver))
    notice_ends_on = last_day(item.notice_ends_at) if _in_notice(item) and item.notice_ends_at else None
    notice_left = max((notice_ends_on - shanghai_date(now)).days, 0) if notice_ends_on else None
    waiting = look is Look.WAITING and item.window_ends_at is not None
    hand_in_by = last_day(item.window_ends_at) if waiting and item.window_ends_at else None
    return ItemView(
        id=planned.id,
        title=planned.title,
        department=DepartmentName(
            id=planned.department, title=state.plan.departments.get(planned.department, _bare(planned.department))
        ),
        kind=planned.kind,
        pivot=planned.pivot,
        after=planned.after,
        status=look,
        status_text=text(_waits_for(item, planned.id in awaited) or f"status.{look.value}"),
        attempt=item.attempt,
        reference=item.reference,
        accepted_at=item.accepted_at,
        due_on=item.due_on if item.status is ItemStatus.ACCEPTED else None,
        provisional=item.provisional and left is not None,
        working_days_left=left,
        overdue=left is not None and (item.breached or left < 0),
        notice_ends_on=notice_ends_on,
        notice_days_left=notice_left,
        hand_in_by=hand_in_by,
        unreachable_since=item.unreachable_since,
        time_left=text("item.clock_stands") if clock and clock.standing else _time_left(left, notice_left, hand_in_by),
        clock=clock,
        code=item.code,
        reason=texts.reason,
        article=item.article,
        correction_points=texts.points if item.status is ItemStatus.CORRECTION else (),
        returned=_return(item.returned),
        deemed_on=item.received.deemed_on if look is Look.RECEIVED and item.received else None,
        corrections_asked=item.corrections_asked,
        needs_leave=item.lies_with_department and not may_ask_again(state, planned.id),
        linked=planned.linked,
        failed_alone=_failed_alone(state, planned, item),
        results=_with_papers(state, planned, result_views(planned, item)),
        waits_for=held_up.words if held_up else None,
        held_up=held_up.short if held_up else None,
        required_by=planned.required_by,
        came_along=_came_along(state, planned),
        signing=signing_of(state, planned.id),
        money=money_of(state, planned.id),
    )


def _failed_alone(state: CaseState, planned: PlannedItem, item: ItemState) -> Text | None:
    if not planned.linked or item.status not in {ItemStatus.REFUSED, ItemStatus.LAPSED}:
        return None
    key = "item.linked_no_answer" if item.status is ItemStatus.LAPSED else "item.linked_refused"
    return text(key, department=state.plan.departments[planned.department])


def _came_along(state: CaseState, planned: PlannedItem) -> Text | None:
    if planned.required_by is None:
        return None
    return text("precheck.came_along", item=state.plan.item(planned.required_by).title)


def _return(returned: Return | None) -> ReturnView | None:
    if returned is None:
        return None
    return ReturnView(
        reason=returned.reason,
        reason_text=text(f"returned.{returned.reason.value}"),
        responsible=returned.responsible,
        responsible_text=text(f"responsible.{returned.responsible.value}"),
    )


def _with_papers(state: CaseState, planned: PlannedItem, results: tuple[ResultView, ...]) -> tuple[ResultView, ...]:
    papers = {result.id for result, _ in papers_of(planned.results)}
    comes = paper_comes(state, planned.id)
    return tuple(result.model_copy(update={"paper": comes}) if result.id in papers else result for result in results)


def result_views(planned: PlannedItem, item: ItemState) -> tuple[ResultView, ...]:
    """The results that the item leaves behind: issued ones with their reference, announced ones before that."""
    issued = {result.id: result for result in item.results}
    announced = {result.id: result.title for result in planned.results}
    views = [
        _result(planned.id, result.id, result.title, result.kind, issued.get(result.id)) for result in planned.results
    ]
    views += [
        _result(planned.id, result.id, planned.title, result.kind, result)
        for result in item.results
        if result.id not in announced
    ]
    return tuple(views)


def _result(item: str, result_id: str, title: Text, kind: str, issued: DecidedResult | None) -> ResultView:
    return ResultView(
        item=item,
        id=result_id,
        title=title,
        kind=kind,
        kind_text=text(f"result.{kind}"),
        issued=issued is not None,
        reference=issued.reference if issued else None,
        digest=issued.digest if issued else None,
    )


def _in_notice(item: ItemState) -> bool:
    return item.status is ItemStatus.NOTICE


def _working_days_left(item: ItemState, now: datetime, calendar: WorkingCalendar) -> int | None:
    if item.status is not ItemStatus.ACCEPTED or item.due_on is None:
        return None
    return days_left(now, DueDate(date=item.due_on, provisional=item.provisional), calendar=calendar)


def _time_left(working_days: int | None, notice_days: int | None, hand_in_by: date | None) -> Text | None:
    match working_days, notice_days, hand_in_by:
        case None, None, None:
            return None
        case None, None, day:
            return text("item.due_by", date=short_day_text(day)) if day else None
        case None, 0, _:
            return text("item.notice_left_none")
        case None, 1, _:
            return text("item.notice_left_one")
        case None, days, _:
            return text("item.notice_left", days=days)
        case 0, _, _:
            return text("item.due_today")
        case 1, _, _:
            return text("item.due_left_one")
        case -1, _, _:
            return text("item.due_over_one")
        case days, _, _ if days is not None and days < 0:
            return text("item.due_over", days=-days)
        case days, _, _:
            return text("item.due_left", days=days)


def _bare(code: str) -> Text:
    return Text(zh=code, en=code)


def _waits_for(item: ItemState, applicant: bool) -> str | None:
    """Whom a waiting item waits for, where it is somebody; None where it is what goes before."""
    if applicant:
        return "status.waiting_for_you"
    return "status.waiting_for_signatures" if item.awaits_signatures else None
