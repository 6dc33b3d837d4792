"""Limits that begin, stand, run on, are extended, warned of, breached and escalated."""

from collections.abc import Callable
from datetime import datetime

from one_things import events as e
from one_things.case import CaseState, ItemState, ItemStatus
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change
from one_things.joint_limits import limits_over, stands
from one_things.limit_dates import LimitDates
from one_things.limit_watch import GrantedExtension, JointRun, LimitWatch, ProcedureRun

NO_CLOCK: dict[str, object] = {
    "due_on": None,
    "due_at": None,
    "provisional": False,
    "breached": False,
    "date_in_doubt": False,
    "watch": LimitWatch(),
    "procedures": (),
    "extension": None,
}
"""The clock of an item that is not under review any more; a new acceptance begins a new one."""


def thrown_open(state: CaseState, item_id: str, **changes: object) -> CaseState:
    """The dates of the item, and of the joint limits over it, have to be reckoned; a clock that stands has none."""
    item = state.items[item_id]
    opened = with_item(state, item_id, date_in_doubt=True, reckonings=item.reckonings + 1, **changes)
    if opened.clock_stands(item_id):
        opened = standing(opened, item_id)
    return joint_limits_thrown_open(opened, item_id)


def standing(state: CaseState, item_id: str) -> CaseState:
    """The limit of the item stands: it has no due date."""
    watch = state.items[item_id].watch.standing()
    return with_item(state, item_id, due_on=None, due_at=None, provisional=False, watch=watch)


def joint_limits_thrown_open(state: CaseState, item_id: str | None = None) -> CaseState:
    """The dates of the joint limits over the item (of all, for None) have to be reckoned, as far as they run."""
    joint = dict(state.joint)
    for limit in limits_over(state, item_id):
        run = joint.get(limit.id)
        if run is not None:
            joint[limit.id] = run.model_copy(
                update={
                    "in_doubt": not stands(state, limit.id),
                    "watch": run.watch.standing(),
                    "reckonings": run.reckonings + 1,
                }
            )
    return state.model_copy(update={"joint": joint}) if joint else state


def begin_joint_limits(state: CaseState, item_id: str, at: datetime) -> CaseState:
    """The first acceptance among the items of a joint limit begins it."""
    begun = {limit.id: JointRun(since=at) for limit in limits_over(state, item_id) if limit.id not in state.joint}
    if not begun:
        return state
    return joint_limits_thrown_open(state.model_copy(update={"joint": {**state.joint, **begun}}), item_id)


def accepted(state: CaseState, item_id: str, limit: LimitDates | None, at: datetime) -> CaseState:
    """The clock of an item that was just accepted: it runs by these dates, unless the case rests."""
    state = with_item(state, item_id, watch=LimitWatch(dates=limit), procedures=(), extension=None)
    if state.rest is not None:
        state = standing(state, item_id)
    return begin_joint_limits(state, item_id, at)


@change.register
def _(event: e.SpecialProcedureBegan, state: CaseState) -> CaseState:
    item = state.items[event.item]
    run = ProcedureRun(procedure=event.procedure, since=event.at)
    return thrown_open(state, event.item, procedures=(*item.procedures, run), act_ids=(*item.act_ids, event.act_id))


@change.register
def _(event: e.SpecialProcedureEnded, state: CaseState) -> CaseState:
    item = state.items[event.item]
    procedures = tuple(
        run.model_copy(update={"until": event.at, "watch": run.watch.standing()})
        if run.lasts and run.procedure == event.procedure
        else run
        for run in item.procedures
    )
    return thrown_open(state, event.item, procedures=procedures, act_ids=(*item.act_ids, event.act_id))


@change.register
def _(event: e.LimitExtended, state: CaseState) -> CaseState:
    granted = GrantedExtension(
        working_days=event.working_days, approver=event.approver, reason=event.reason, granted_at=event.at
    )
    act_ids = (*state.items[event.item].act_ids, event.act_id)
    return thrown_open(state, event.item, extension=granted, act_ids=act_ids)


@change.register
def _(event: e.LimitWarned, state: CaseState) -> CaseState:
    return _watched(state, event.item, event.procedure, lambda watch: watch.model_copy(update={"warned": True}))


@change.register
def _(event: e.LimitBreached, state: CaseState) -> CaseState:
    field = "breached_statutory" if event.limit is e.LimitKind.STATUTORY else "breached"
    state = _watched(state, event.item, event.procedure, lambda watch: watch.model_copy(update={field: True}))
    return state if event.procedure is not None else with_item(state, event.item, breached=True)


@change.register
def _(event: e.LimitEscalated, state: CaseState) -> CaseState:
    return _watched(state, event.item, event.procedure, lambda watch: _told(watch, event.level))


@change.register
def _(event: e.JointLimitDoubted, state: CaseState) -> CaseState:
    run = state.joint[event.limit]
    doubted = run.model_copy(update={"in_doubt": True, "reckonings": run.reckonings + 1})
    return state.model_copy(update={"joint": {**state.joint, event.limit: doubted}})


@change.register
def _(event: e.JointLimitReckoned, state: CaseState) -> CaseState:
    run = state.joint[event.limit]
    reckoned = run.model_copy(update={"in_doubt": False, "watch": run.watch.running(event.dates, event.at)})
    return state.model_copy(update={"joint": {**state.joint, event.limit: reckoned}})


@change.register
def _(event: e.JointLimitWarned, state: CaseState) -> CaseState:
    return _joint_watched(state, event.limit, lambda watch: watch.model_copy(update={"warned": True}))


@change.register
def _(event: e.JointLimitBreached, state: CaseState) -> CaseState:
    field = "breached_statutory" if event.kind is e.LimitKind.STATUTORY else "breached"
    return _joint_watched(state, event.limit, lambda watch: watch.model_copy(update={field: True}))


@change.register
def _(event: e.JointLimitEscalated, state: CaseState) -> CaseState:
    return _joint_watched(state, event.limit, lambda watch: _told(watch, event.level))


def _told(watch: LimitWatch, level: str) -> LimitWatch:
    return watch.model_copy(update={"escalated": (*watch.escalated, level)})


def _watched(
    state: CaseState, item_id: str, procedure: str | None, changed: Callable[[LimitWatch], LimitWatch]
) -> CaseState:
    item = state.items[item_id]
    if procedure is None:
        return with_item(state, item_id, watch=changed(item.watch))
    return with_item(state, item_id, procedures=_of_lasting(item, procedure, changed))


def _of_lasting(
    item: ItemState, procedure: str, changed: Callable[[LimitWatch], LimitWatch]
) -> tuple[ProcedureRun, ...]:
    return tuple(
        run.model_copy(update={"watch": changed(run.watch)}) if run.lasts and run.procedure == procedure else run
        for run in item.procedures
    )


def _joint_watched(state: CaseState, limit: str, changed: Callable[[LimitWatch], LimitWatch]) -> CaseState:
    run = state.joint[limit]
    watched = run.model_copy(update={"watch": changed(run.watch)})
    return state.model_copy(update={"joint": {**state.joint, limit: watched}})


def reckoned(state: CaseState, event: e.DateReckoned) -> CaseState:
    """The watches of an item and of its procedures run by the dates that were reckoned."""
    item = state.items[event.item]
    procedures = tuple(
        run.model_copy(update={"watch": run.watch.running(event.procedures[run.procedure], event.at)})
        if run.lasts and run.procedure in event.procedures
        else run
        for run in item.procedures
    )
    watch = item.watch.running(event.limit, event.at) if event.limit is not None else item.watch
    return with_item(state, event.item, watch=watch, procedures=procedures)


def under_review(state: CaseState) -> list[str]:
    """The items whose limit runs or stands."""
    return [
        item.id
        for item in state.plan.items
        if item.limits is not None and state.items[item.id].status is ItemStatus.ACCEPTED
    ]
