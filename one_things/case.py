"""The state of a case, and how events change it: ``evolve``. Commands are decided in ``deciding.py``."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import singledispatch

from one_things import events as e
from one_things.model import Record
from one_things.plan import Plan
from one_things.sealed import Sealed


class ItemStatus(StrEnum):
    """Where an item stands."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    NOTICE = "notice"
    CORRECTION = "correction"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"
    UNDONE = "undone"
    UNDO_FAILED = "undo_failed"


class CasePhase(StrEnum):
    """Where the case as a whole stands."""

    OPEN = "open"
    STOPPING = "stopping"
    CLOSED = "closed"


PENDING = frozenset({ItemStatus.SUBMITTED, ItemStatus.ACCEPTED, ItemStatus.NOTICE, ItemStatus.CORRECTION})
"""The item lies with its department (or with the applicant for a correction) and is not decided."""


class ItemState(Record):
    """The state of one item."""

    status: ItemStatus = ItemStatus.WAITING
    attempt: int = 0
    reference: str | None = None
    accepted_at: datetime | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    breached: bool = False
    notice_ends_at: datetime | None = None
    unreachable_since: datetime | None = None
    decision_ids: tuple[str, ...] = ()
    """Every decision that counted, so that a repeat is known as one."""
    code: str | None = None
    reason: Sealed | None = None
    article: str | None = None
    correction_points: Sealed | None = None
    results: tuple[e.DecidedResult, ...] = ()
    window_ends_at: datetime | None = None
    window_provisional: bool = False
    date_in_doubt: bool = False
    """A provisional date has come and is being reckoned anew."""

    @property
    def awaits_hand_in(self) -> bool:
        """Whether it was never handed in; an answered correction is handed in again, not for the first time."""
        return self.status is ItemStatus.WAITING and self.attempt == 0

    @property
    def lies_with_department(self) -> bool:
        """Whether a department holds an undecided submission of it, also while its correction is under way."""
        return self.status in PENDING or (self.status is ItemStatus.WAITING and self.attempt > 0)


class OperatorTask(Record):
    """An open task of an operator."""

    item: str
    kind: e.TaskKind
    reason: Sealed | None = None
    opened_at: datetime


class CaseState(Record):
    """The fold of a case's events. ``version`` counts them."""

    case_no: str
    plan: Plan
    owner: str
    channel: e.Channel
    form: Sealed
    answers: Sealed | None = None
    corrections: tuple[Sealed, ...] = ()
    """Later answers of the applicant; a later one wins over the form, field by field."""
    facts: dict[str, Sealed | None] = {}
    """Look-up → its sealed fields; None when the department holds nothing."""
    sources_down: tuple[str, ...] = ()
    """Sources that have not answered yet, in the order in which they were found down."""
    items: dict[str, ItemState]
    phase: CasePhase = CasePhase.OPEN
    stop_reason: e.StopReason | None = None
    stopped_by: str | None = None
    pivot_passed: bool = False
    tasks: tuple[OperatorTask, ...] = ()
    time_can_be_skipped: bool = False
    seconds_ahead: int = 0
    outcome: e.CaseOutcome | None = None
    opened_at: datetime
    changed_at: datetime
    version: int

    def item(self, item_id: str) -> ItemState:
        """The state of this item. Raises KeyError when the case has none of that id."""
        return self.items[item_id]


def evolve(state: CaseState | None, event: e.Event) -> CaseState:
    """The state after ``event``. Total for every history that ``decide`` can produce.

    Raises ValueError when a history does not begin with ``case_opened`` or begins twice.
    """
    if state is None:
        if not isinstance(event, e.CaseOpened):
            raise ValueError("a history begins with case_opened")
        return _open(event)
    if isinstance(event, e.CaseOpened):
        raise ValueError("a case opens once")
    changed = _apply(event, state)
    return changed.model_copy(update={"version": state.version + 1, "changed_at": event.at})


def fold(events: Iterable[e.Event]) -> CaseState:
    """The state that these events add up to. Raises ValueError for an empty history."""
    state: CaseState | None = None
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise ValueError("an empty history has no state")
    return state


def _open(event: e.CaseOpened) -> CaseState:
    return CaseState(
        case_no=event.case_no,
        plan=event.plan,
        owner=event.owner,
        channel=event.channel,
        form=event.form,
        answers=event.answers,
        items={item.id: ItemState() for item in event.plan.items},
        time_can_be_skipped=event.time_can_be_skipped,
        opened_at=event.at,
        changed_at=event.at,
        version=1,
    )


def _with_item(state: CaseState, item: str, **changes: object) -> CaseState:
    items = dict(state.items)
    items[item] = items[item].model_copy(update=changes)
    return state.model_copy(update={"items": items})


def _counted(state: CaseState, item: str, decision_id: str) -> tuple[str, ...]:
    return (*state.items[item].decision_ids, decision_id)


@singledispatch
def _apply(event: e.EventRecord, state: CaseState) -> CaseState:
    raise ValueError(f"no rule for {type(event).__name__}")


@_apply.register
def _(event: e.SharedDataFetched, state: CaseState) -> CaseState:
    return _with_fact(state, event.lookup, event.fields)


@_apply.register
def _(event: e.SharedDataMissing, state: CaseState) -> CaseState:
    return _with_fact(state, event.lookup, None)


def _with_fact(state: CaseState, lookup: str, fields: Sealed | None) -> CaseState:
    down = tuple(source for source in state.sources_down if source != lookup)
    return state.model_copy(update={"facts": {**state.facts, lookup: fields}, "sources_down": down})


@_apply.register
def _(event: e.SharedDataUnavailable, state: CaseState) -> CaseState:
    return state.model_copy(update={"sources_down": (*state.sources_down, event.lookup)})


@_apply.register
def _(event: e.ItemSubmitted, state: CaseState) -> CaseState:
    return _with_item(state, event.item, status=ItemStatus.SUBMITTED, attempt=event.attempt)


@_apply.register
def _(event: e.DepartmentUnreachable, state: CaseState) -> CaseState:
    return _with_item(state, event.item, unreachable_since=event.at)


@_apply.register
def _(event: e.ItemAccepted, state: CaseState) -> CaseState:
    return _with_item(
        state,
        event.item,
        status=ItemStatus.ACCEPTED,
        reference=event.reference,
        accepted_at=event.at,
        due_on=event.due_on,
        due_at=event.due_at,
        provisional=event.provisional,
        unreachable_since=None,
    )


@_apply.register
def _(event: e.NoticeBegan, state: CaseState) -> CaseState:
    began = _with_item(
        state,
        event.item,
        status=ItemStatus.NOTICE,
        reference=event.reference,
        accepted_at=event.at,
        notice_ends_at=event.ends_at,
        unreachable_since=None,
    )
    for item, ends_at in event.windows.items():
        provisional = item in event.provisional_windows
        began = _with_item(began, item, window_ends_at=ends_at, window_provisional=provisional)
    return began


@_apply.register
def _(event: e.NoticeEnded, state: CaseState) -> CaseState:
    return _with_item(state, event.item, status=ItemStatus.APPROVED)


@_apply.register
def _(event: e.LimitBreached, state: CaseState) -> CaseState:
    return _with_item(state, event.item, breached=True)


@_apply.register
def _(event: e.DateDoubted, state: CaseState) -> CaseState:
    return _with_item(state, event.item, date_in_doubt=True)


@_apply.register
def _(event: e.DateReckoned, state: CaseState) -> CaseState:
    return _with_item(
        state,
        event.item,
        date_in_doubt=False,
        provisional=False,
        window_provisional=False,
        due_on=event.due_on,
        due_at=event.due_at,
        window_ends_at=event.window_ends_at,
    )


@_apply.register
def _(event: e.CorrectionRequested, state: CaseState) -> CaseState:
    notice = state.plan.item(event.item).notice
    for windowed in notice.windows if notice is not None else ():
        # The notice begins anew, and with it the window behind it.
        state = _with_item(state, windowed, window_ends_at=None, window_provisional=False)
    return _with_item(
        state,
        event.item,
        status=ItemStatus.CORRECTION,
        decision_ids=_counted(state, event.item, event.decision_id),
        correction_points=event.points,
        due_on=None,
        due_at=None,
        breached=False,
        unreachable_since=None,
    )


@_apply.register
def _(event: e.CorrectionAnswered, state: CaseState) -> CaseState:
    answered = _with_item(state, event.item, status=ItemStatus.WAITING, correction_points=None)
    return answered.model_copy(update={"corrections": (*state.corrections, event.form)})


@_apply.register
def _(event: e.ItemApproved, state: CaseState) -> CaseState:
    return _with_item(
        state,
        event.item,
        status=ItemStatus.APPROVED,
        decision_ids=_counted(state, event.item, event.decision_id),
        results=event.results,
        unreachable_since=None,
    )


@_apply.register
def _(event: e.ItemRefused, state: CaseState) -> CaseState:
    return _with_item(
        state,
        event.item,
        status=ItemStatus.REFUSED,
        decision_ids=_counted(state, event.item, event.decision_id),
        code=event.code,
        reason=event.reason,
        article=event.article,
        unreachable_since=None,
    )


@_apply.register
def _(event: e.ItemLapsed, state: CaseState) -> CaseState:
    return _with_item(state, event.item, status=ItemStatus.LAPSED)


@_apply.register
def _(event: e.CaseStopped, state: CaseState) -> CaseState:
    return state.model_copy(update={"phase": CasePhase.STOPPING, "stop_reason": event.reason, "stopped_by": event.item})


@_apply.register
def _(_event: e.PivotPassed, state: CaseState) -> CaseState:
    return state.model_copy(update={"pivot_passed": True})


@_apply.register
def _(event: e.ItemUndone, state: CaseState) -> CaseState:
    return _with_item(state, event.item, status=ItemStatus.UNDONE, unreachable_since=None)


@_apply.register
def _(event: e.OperatorTaskOpened, state: CaseState) -> CaseState:
    task = OperatorTask(item=event.item, kind=event.kind, reason=event.reason, opened_at=event.at)
    opened = state.model_copy(update={"tasks": (*state.tasks, task)})
    if event.kind is e.TaskKind.UNDO_FAILED:
        return _with_item(opened, event.item, status=ItemStatus.UNDO_FAILED, unreachable_since=None)
    return opened


@_apply.register
def _(event: e.OperatorTaskSettled, state: CaseState) -> CaseState:
    return state.model_copy(update={"tasks": tuple(task for task in state.tasks if task.item != event.item)})


@_apply.register
def _(event: e.ClockFastForwarded, state: CaseState) -> CaseState:
    return state.model_copy(update={"seconds_ahead": state.seconds_ahead + event.seconds})


@_apply.register
def _(event: e.CaseClosed, state: CaseState) -> CaseState:
    return state.model_copy(update={"phase": CasePhase.CLOSED, "outcome": event.outcome})
