"""What results on paper need next, and what happens by itself when they do not come."""

from collections.abc import Iterator
from datetime import timedelta

from one_things.blocked import blocked_items
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus
from one_things.commands import (
    BreachDelivery,
    DoubtDelivery,
    EscalateDelivery,
    MissPickUp,
    RemindOfPickUp,
    WarnDelivery,
)
from one_things.deadlines import Deadline
from one_things.definition import Patience
from one_things.delivery import DeliveryState, DeliveryStatus
from one_things.escrow import to_give_back
from one_things.model import Record
from one_things.papers import is_wanted


class SetDeliveryGoing(Record):
    """Nothing can undo the item any more: begin the delivery of its papers."""

    item: str


class ReckonDelivery(Record):
    """Reckon until when the papers have to be delivered."""

    item: str
    reckoning: int


class OrderDelivery(Record):
    """Give the department the order to deliver."""

    item: str
    round: int


DeliveryStep = ReckonDelivery | OrderDelivery

_UNDECIDED = PENDING | {ItemStatus.WAITING, ItemStatus.RETURNED}


def to_begin(state: CaseState) -> tuple[SetDeliveryGoing, ...]:
    """The deliveries that begin now, in an open case."""
    return tuple(
        SetDeliveryGoing(item=item.id)
        for item in state.plan.items
        if item.id not in state.deliveries and is_wanted(state, item.id) and is_final(state, item.id)
    )


def is_final(state: CaseState, item_id: str) -> bool:
    """Whether the item is approved and nothing can undo that: what may be taken back is not handed out."""
    if state.phase is not CasePhase.OPEN or state.items[item_id].status is not ItemStatus.APPROVED:
        return False
    if state.pivot_passed:
        return True
    return not is_undoable(state, item_id) or all_decided(state)


def is_undoable(state: CaseState, item_id: str) -> bool:
    """Whether stopping the case before its pivot would undo the item."""
    return state.plan.item(item_id).undo is not None or to_give_back(state, item_id) is not None


def all_decided(state: CaseState) -> bool:
    """Whether no item of the case is still to be decided."""
    blocked = blocked_items(state)
    return not any(item.status in _UNDECIDED and name not in blocked for name, item in state.items.items())


def is_under_way(state: CaseState) -> bool:
    """Whether a paper is still to reach its applicant, so that the case cannot end yet."""
    return any(delivery.outstanding for delivery in state.deliveries.values())


def delivery_steps(state: CaseState) -> tuple[DeliveryStep, ...]:
    """Everything that can be done now about deliveries that have begun, also in a case that stops."""
    steps: list[DeliveryStep] = []
    for item, delivery in state.deliveries.items():
        if not delivery.timed:
            continue
        if delivery.in_doubt:
            steps.append(ReckonDelivery(item=item, reckoning=delivery.reckonings))
        if not delivery.ordered and delivery.watch.dates is not None:
            steps.append(OrderDelivery(item=item, round=delivery.round))
    return tuple(steps)


def is_idle(state: CaseState, step: DeliveryStep) -> bool:
    """Whether nothing that the step could bring would count any more."""
    delivery = state.deliveries[step.item]
    match step:
        case ReckonDelivery(reckoning=reckoning):
            return not delivery.timed or delivery.reckonings != reckoning
        case OrderDelivery(round=number):
            return not delivery.timed or delivery.ordered or delivery.round != number


def delivery_deadlines(state: CaseState) -> Iterator[Deadline]:
    """Warning, breach and escalation of the deliveries' limits; reminders of what lies ready."""
    if state.phase is CasePhase.CLOSED:
        return
    patience = state.plan.patience or Patience()
    for item, delivery in state.deliveries.items():
        if delivery.timed and not delivery.in_doubt:
            yield from _of_limit(item, delivery)
        if delivery.status is DeliveryStatus.READY:
            if not delivery.reminded:
                yield Deadline(delivery.moved_at + timedelta(days=patience.reminder_days), RemindOfPickUp(item=item))
            if not delivery.missed:
                yield Deadline(delivery.moved_at + timedelta(days=patience.operator_days), MissPickUp(item=item))


def _of_limit(item: str, delivery: DeliveryState) -> Iterator[Deadline]:
    watch, dates = delivery.watch, delivery.watch.dates
    if dates is None:
        return
    if not watch.warned and not watch.breached:
        yield Deadline(dates.warn_at, WarnDelivery(item=item))
    if not watch.breached:
        passes = DoubtDelivery(item=item) if dates.provisional else BreachDelivery(item=item)
        yield Deadline(dates.due_at, passes)
        return
    for level, at in dates.escalate_at.items():
        if level not in watch.escalated:
            yield Deadline(at, EscalateDelivery(item=item, level=level))
