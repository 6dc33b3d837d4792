"""What follows by itself when a time has come."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import (
    DoubtDate,
    EndNotice,
    LapseWindow,
    RecordDate,
)
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.order import precedes_pivot
from one_things.provisional import may_move


@decision.register
def _(command: EndNotice, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if item_of(state, command.item).status is not ItemStatus.NOTICE:
        return ()
    return (e.NoticeEnded(at=at, item=command.item),)


@decision.register
def _(command: LapseWindow, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if not item.awaits_hand_in or item.window_ends_at is None or state.phase is not CasePhase.OPEN:
        return ()
    lapsed = e.ItemLapsed(at=at, item=command.item, window_ended_at=item.window_ends_at)
    if precedes_pivot(state.plan, command.item):
        return (lapsed, e.CaseStopped(at=at, reason=e.StopReason.LAPSED, item=command.item))
    return (lapsed,)


@decision.register
def _(command: DoubtDate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.date_in_doubt or not may_move(item):
        return ()
    return (e.DateDoubted(at=at, item=command.item),)


@decision.register
def _(command: RecordDate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if not item.date_in_doubt or command.reckoning not in (None, item.reckonings):
        return ()
    come = command.due_at or command.window_ends_at
    return (
        e.DateReckoned(
            at=at,
            item=command.item,
            due_on=command.due_on,
            due_at=command.due_at,
            window_ends_at=command.window_ends_at,
            provisional=command.provisional and come is not None and come > at,
            limit=command.limit.settled(at) if command.limit else None,
            procedures={procedure: dates.settled(at) for procedure, dates in command.procedures.items()},
        ),
    )
