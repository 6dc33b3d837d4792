"""Limits that are about to pass, have passed, and who is told of it."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemState, ItemStatus
from one_things.commands import BreachLimit, EscalateLimit, ReportSilence, WarnLimit
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.limit_watch import LimitWatch


@decision.register
def _(command: WarnLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    watch = _watch(item_of(state, command.item), command.procedure)
    if watch is None or watch.dates is None or watch.warned or watch.breached:
        return ()
    return (e.LimitWarned(at=at, item=command.item, due_on=watch.dates.due_on, procedure=command.procedure),)


@decision.register
def _(command: BreachLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if command.procedure is None and command.limit is e.LimitKind.COMMITTED:
        if item.status is not ItemStatus.ACCEPTED or item.breached or item.due_on is None:
            return ()
        return (e.LimitBreached(at=at, item=command.item, due_on=item.due_on),)
    watch = _watch(item, command.procedure)
    if watch is None or watch.dates is None:
        return ()
    if command.limit is e.LimitKind.STATUTORY:
        due_on = None if watch.breached_statutory else watch.dates.statutory_on
    else:
        due_on = None if watch.breached else watch.dates.due_on
    if due_on is None:
        return ()
    return (e.LimitBreached(at=at, item=command.item, due_on=due_on, limit=command.limit, procedure=command.procedure),)


@decision.register
def _(command: EscalateLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    watch = _watch(item_of(state, command.item), command.procedure)
    if watch is None or watch.dates is None or not watch.breached or command.level in watch.escalated:
        return ()
    return (e.LimitEscalated(at=at, item=command.item, level=command.level, procedure=command.procedure),)


@decision.register
def _(command: ReportSilence, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.unreachable_since is None or item.silence_reported or state.phase is CasePhase.CLOSED:
        return ()
    # Only a submission is given up: what was approved, or has to be withdrawn, is not undone by a later silence.
    unanswered = item.status is ItemStatus.SUBMITTED and state.phase is CasePhase.OPEN
    if state.plan.item(command.item).linked and unanswered:
        return (e.LinkedChangeGivenUp(at=at, item=command.item, attempt=item.attempt),)
    return (e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.DEPARTMENT_SILENT),)


def _watch(item: ItemState, procedure: str | None) -> LimitWatch | None:
    """The watch over the item's limit or over a procedure that lasts; None when nothing of it can pass any more."""
    if item.status is not ItemStatus.ACCEPTED or item.date_in_doubt:
        return None
    if procedure is None:
        return item.watch
    return next((run.watch for run in item.procedures if run.lasts and run.procedure == procedure), None)
