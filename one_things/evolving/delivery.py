"""Results on paper on their way to the applicant."""

from one_things import events as e
from one_things.case import CaseState
from one_things.delivery import DeliveryState, DeliveryStatus
from one_things.delivery_choice import ChosenDelivery
from one_things.evolving.dispatch import change
from one_things.limit_watch import LimitWatch


@change.register
def _(event: e.DeliveryChosen, state: CaseState) -> CaseState:
    chosen = state.model_copy(update={"delivery": ChosenDelivery(way=event.way, to=event.to)})
    for item, delivery in state.deliveries.items():
        if delivery.status in {DeliveryStatus.PREPARING, DeliveryStatus.RETURNED}:
            chosen = _set_going(chosen, item, event, way=event.way)
    return chosen


@change.register
def _(event: e.DeliveryBegan, state: CaseState) -> CaseState:
    return _with(state, event.item, DeliveryState(way=event.way, since=event.at, moved_at=event.at))


@change.register
def _(event: e.DeliveryReckoned, state: CaseState) -> CaseState:
    watch = state.deliveries[event.item].watch.running(event.dates, event.at)
    return _changed(state, event.item, watch=watch, in_doubt=False)


@change.register
def _(event: e.DeliveryDoubted, state: CaseState) -> CaseState:
    return in_doubt(state, event.item)


@change.register
def _(event: e.DeliveryOrdered, state: CaseState) -> CaseState:
    return _changed(state, event.item, ordered=True)


@change.register
def _(event: e.DeliveryNotTaken, state: CaseState) -> CaseState:
    return _changed(state, event.item, ordered=True, not_taken=True)


@change.register
def _(event: e.DeliveryWarned, state: CaseState) -> CaseState:
    return _watched(state, event.item, warned=True)


@change.register
def _(event: e.DeliveryBreached, state: CaseState) -> CaseState:
    return _watched(state, event.item, breached=True)


@change.register
def _(event: e.DeliveryEscalated, state: CaseState) -> CaseState:
    told = (*state.deliveries[event.item].watch.escalated, event.level)
    return _watched(state, event.item, escalated=told)


@change.register
def _(event: e.PaperDispatched, state: CaseState) -> CaseState:
    sent = _acted(state, event, DeliveryStatus.DISPATCHED, carrier=event.carrier, number=event.number)
    # An overdue one stays with its operator until it has arrived.
    return sent if sent.deliveries[event.item].watch.breached else without_task(sent, event.item)


@change.register
def _(event: e.PaperReady, state: CaseState) -> CaseState:
    return without_task(_acted(state, event, DeliveryStatus.READY, reminded=False, missed=False), event.item)


@change.register
def _(event: e.PaperDelivered, state: CaseState) -> CaseState:
    return without_task(_acted(state, event, DeliveryStatus.DELIVERED), event.item)


@change.register
def _(event: e.PaperPickedUp, state: CaseState) -> CaseState:
    return without_task(_acted(state, event, DeliveryStatus.PICKED_UP), event.item)


@change.register
def _(event: e.PaperCameBack, state: CaseState) -> CaseState:
    return _acted(state, event, DeliveryStatus.RETURNED)


@change.register
def _(event: e.PaperConfirmed, state: CaseState) -> CaseState:
    delivery = state.deliveries[event.item]
    moved_at = event.at if delivery.outstanding else delivery.moved_at
    confirmed = _changed(state, event.item, status=arrived(delivery), confirmed=True, moved_at=moved_at)
    return without_task(confirmed, event.item)


@change.register
def _(event: e.PaperMissed, state: CaseState) -> CaseState:
    return _changed(state, event.item, status=DeliveryStatus.MISSING, moved_at=event.at)


@change.register
def _(event: e.PickUpReminded, state: CaseState) -> CaseState:
    return _changed(state, event.item, reminded=True)


@change.register
def _(event: e.PickUpMissed, state: CaseState) -> CaseState:
    return _changed(state, event.item, missed=True)


@change.register
def _(event: e.DeliveryAnswered, state: CaseState) -> CaseState:
    answered = without_task(state, event.item)
    answered = _changed(answered, event.item, answer=event.answer, answered_at=event.at)
    if event.outcome == "settled":
        return _changed(answered, event.item, status=DeliveryStatus.SETTLED, moved_at=event.at)
    return _set_going(answered, event.item, event)


def arrived(delivery: DeliveryState) -> DeliveryStatus:
    """Where a paper is that has reached its applicant."""
    return DeliveryStatus.DELIVERED if delivery.way == "mail" else DeliveryStatus.PICKED_UP


def in_doubt(state: CaseState, item: str) -> CaseState:
    """The dates of the delivery have to be reckoned."""
    return _changed(state, item, in_doubt=True, reckonings=state.deliveries[item].reckonings + 1)


def without_task(state: CaseState, item: str) -> CaseState:
    """Nobody has to see to the delivery any more."""
    kept = tuple(task for task in state.tasks if (task.item, task.kind) != (item, e.TaskKind.DELIVERY_FAILED))
    return state.model_copy(update={"tasks": kept})


def _set_going(state: CaseState, item: str, event: e.EventRecord, **changes: object) -> CaseState:
    """Its department gets another order, and the limit runs anew."""
    going = _changed(
        without_task(state, item),
        item,
        status=DeliveryStatus.PREPARING,
        round=state.deliveries[item].round + 1,
        since=event.at,
        moved_at=event.at,
        ordered=False,
        not_taken=False,
        carrier=None,
        number=None,
        reminded=False,
        missed=False,
        watch=LimitWatch(),
        **changes,
    )
    return in_doubt(going, item)


def _acted(state: CaseState, event: e.PaperAct, status: DeliveryStatus, **changes: object) -> CaseState:
    act_ids = (*state.deliveries[event.item].act_ids, event.act_id)
    return _changed(state, event.item, status=status, act_ids=act_ids, moved_at=event.at, ordered=True, **changes)


def _watched(state: CaseState, item: str, **changes: object) -> CaseState:
    return _changed(state, item, watch=state.deliveries[item].watch.model_copy(update=changes))


def _changed(state: CaseState, item: str, **changes: object) -> CaseState:
    return _with(state, item, state.deliveries[item].model_copy(update=changes))


def _with(state: CaseState, item: str, delivery: DeliveryState) -> CaseState:
    return state.model_copy(update={"deliveries": {**state.deliveries, item: delivery}})
