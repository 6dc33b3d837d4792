"""Limits over several items: their dates, and what follows when these come."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import (
    BreachJointLimit,
    DoubtJointLimit,
    EscalateJointLimit,
    RecordJointDates,
    WarnJointLimit,
)
from one_things.deciding.dispatch import decision
from one_things.joint_limits import running


@decision.register
def _(command: RecordJointDates, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    run = state.joint.get(command.limit)
    if run is None or not run.in_doubt or run.reckonings != command.reckoning:
        return ()
    return (e.JointLimitReckoned(at=at, limit=command.limit, dates=command.dates.settled(at)),)


@decision.register
def _(command: DoubtJointLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    run = running(state, command.limit)
    if run is None or run.watch.dates is None or run.watch.dates.doubtful_at is None:
        return ()
    return (e.JointLimitDoubted(at=at, limit=command.limit),)


@decision.register
def _(command: WarnJointLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    run = running(state, command.limit)
    if run is None or run.watch.dates is None or run.watch.warned or run.watch.breached:
        return ()
    return (e.JointLimitWarned(at=at, limit=command.limit, due_on=run.watch.dates.due_on),)


@decision.register
def _(command: BreachJointLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    run = running(state, command.limit)
    if run is None or run.watch.dates is None:
        return ()
    statutory = command.kind is e.LimitKind.STATUTORY
    passed = run.watch.breached_statutory if statutory else run.watch.breached
    due_on = run.watch.dates.statutory_on if statutory else run.watch.dates.due_on
    if passed or due_on is None:
        return ()
    return (e.JointLimitBreached(at=at, limit=command.limit, due_on=due_on, kind=command.kind),)


@decision.register
def _(command: EscalateJointLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    run = running(state, command.limit)
    if run is None or not run.watch.breached or command.level in run.watch.escalated:
        return ()
    return (e.JointLimitEscalated(at=at, limit=command.limit, level=command.level),)
