"""The clock of an item and of a case as people see it: a light with a word, what the clock stands for, who was told."""

from datetime import date, datetime
from enum import StrEnum

from gateway.texts import text
from gateway.views.limit_words import basis, extension_basis, level_title, procedure_basis, procedure_title
from gateway.views.moments import last_day
from one_things.case import CaseState, ItemState, ItemStatus
from one_things.clock import OFFICIAL, DueDate, WorkingCalendar, days_left
from one_things.joint_limits import stands, undecided
from one_things.limit_watch import LimitWatch
from one_things.model import Record
from one_things.text import Text


class Light(StrEnum):
    """How a limit stands, like a traffic light; shown with its word, never by colour alone."""

    IN_TIME = "in_time"
    SOON = "soon"
    OVER = "over"
    STANDS = "stands"


class StandingView(Record):
    """Why a clock stands, until when by promise, and by which law."""

    since: datetime
    why: Text
    until: date | None = None
    """None for a moment, until the date is reckoned."""
    basis: Text
    overdue: bool = False
    """It lasts longer than promised."""


class ExtensionView(Record):
    """The extension of a limit, as it is told to the applicant (行政许可法 42)."""

    working_days: int
    granted_at: datetime
    basis: Text
    reason: str | None = None
    """What the department wrote; None where this viewer gets no texts."""
    approver: str | None = None


class ClockView(Record):
    """What is to be known of the limit of one item, beside its due date."""

    light: Light
    light_text: Text
    statutory_on: date | None = None
    """The last day by law; the promise ends no later."""
    standing: tuple[StandingView, ...] = ()
    extension: ExtensionView | None = None
    told: tuple[Text, ...] = ()
    """The levels above that know of the breach."""


class JointLimitView(Record):
    """A limit over several items."""

    id: str
    title: Text
    items: tuple[str, ...]
    due_on: date | None
    """None while it stands, or for the moment in which it is reckoned."""
    provisional: bool
    working_days_left: int | None
    light: Light
    light_text: Text


class RestView(Record):
    """The applicant rests the case: since when, until when at the latest, by which rule."""

    since: datetime
    until: date
    basis: Text


def clock_view(
    state: CaseState,
    item_id: str,
    now: datetime,
    calendar: WorkingCalendar = OFFICIAL,
    extension_texts: tuple[str | None, str | None] = (None, None),
) -> ClockView | None:
    """The clock of an accepted item with a limit; None for others. ``extension_texts`` are its reason and approver."""
    item = state.items[item_id]
    stands_now = state.clock_stands(item_id)
    if item.status is not ItemStatus.ACCEPTED or (item.due_on is None and not stands_now):
        return None
    light = Light.STANDS if stands_now else _light(state, item.due_on, item.breached, now, calendar)
    return ClockView(
        light=light,
        light_text=text(f"light.{light.value}"),
        statutory_on=item.watch.dates.statutory_on if item.watch.dates else None,
        standing=_standing(state, item_id, item),
        extension=_extension(state, item_id, item, extension_texts),
        told=tuple(level_title(state.plan, level) for level in item.watch.escalated),
    )


def joint_limit_views(
    state: CaseState, now: datetime, calendar: WorkingCalendar = OFFICIAL
) -> tuple[JointLimitView, ...]:
    """The joint limits that run or stand."""
    return tuple(
        _joint_limit(state, limit_id, state.joint[limit_id].watch, now, calendar)
        for limit_id in state.joint
        if undecided(state, limit_id)
    )


def rest_view(state: CaseState) -> RestView | None:
    """The rest of the case, if it rests."""
    if state.rest is None or state.plan.suspension is None:
        return None
    return RestView(
        since=state.rest.since, until=last_day(state.rest.resumes_at), basis=basis(state.plan.suspension.source)
    )


def _light(state: CaseState, due_on: date | None, breached: bool, now: datetime, calendar: WorkingCalendar) -> Light:
    if due_on is None:
        return Light.IN_TIME
    left = days_left(now, DueDate(date=due_on, provisional=False), calendar=calendar)
    if breached or left < 0:
        return Light.OVER
    return Light.SOON if left <= state.plan.warn_before else Light.IN_TIME


def _standing(state: CaseState, item_id: str, item: ItemState) -> tuple[StandingView, ...]:
    found = [
        StandingView(
            since=run.since,
            why=procedure_title(state.plan, item_id, run.procedure),
            until=run.watch.dates.due_on if run.watch.dates else None,
            basis=procedure_basis(state.plan, item_id, run.procedure),
            overdue=run.watch.breached,
        )
        for run in item.procedures
        if run.lasts
    ]
    rest = rest_view(state)
    if rest is not None:
        found.append(StandingView(since=rest.since, why=text("rest.why"), until=rest.until, basis=rest.basis))
    return tuple(found)


def _extension(
    state: CaseState, item_id: str, item: ItemState, texts: tuple[str | None, str | None]
) -> ExtensionView | None:
    if item.extension is None:
        return None
    reason, approver = texts
    return ExtensionView(
        working_days=item.extension.working_days,
        granted_at=item.extension.granted_at,
        basis=extension_basis(state.plan, item_id),
        reason=reason,
        approver=approver,
    )


def _joint_limit(
    state: CaseState, limit_id: str, watch: LimitWatch, now: datetime, calendar: WorkingCalendar
) -> JointLimitView:
    planned = next(joint for joint in state.plan.joint_limits if joint.id == limit_id)
    due_on = watch.dates.due_on if watch.dates else None
    light = Light.STANDS if stands(state, limit_id) else _light(state, due_on, watch.breached, now, calendar)
    return JointLimitView(
        id=limit_id,
        title=planned.title,
        items=planned.items,
        due_on=due_on,
        provisional=watch.dates.provisional if watch.dates else False,
        working_days_left=None
        if due_on is None
        else days_left(now, DueDate(date=due_on, provisional=False), calendar=calendar),
        light=light,
        light_text=text(f"light.{light.value}"),
    )
