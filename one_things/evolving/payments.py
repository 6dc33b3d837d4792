"""Money that moved."""

from one_things import events as e
from one_things.case import CaseState, MovedMoney
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.PaymentConfirmed, state: CaseState) -> CaseState:
    moved = MovedMoney(amount_fen=event.amount_fen, currency=event.currency, reference=event.reference)
    return with_item(state, event.item, money=moved)


@change.register
def _(event: e.PaymentReleased, state: CaseState) -> CaseState:
    earlier = state.items[event.item].money
    if event.operator is not None and earlier is not None:
        by_hand = {"paid_by_hand": event.reference, "by_hand_fen": earlier.by_hand_fen + event.amount_fen}
        return with_item(state, event.item, money=earlier.model_copy(update=by_hand))
    moved = MovedMoney(amount_fen=event.amount_fen, currency=event.currency, reference=event.reference)
    return with_item(state, event.item, money=moved)


@change.register
def _(event: e.MoneyGivenBack, state: CaseState) -> CaseState:
    moved = state.items[event.item].money
    if moved is None:
        raise ValueError("only what was paid goes back")
    return with_item(state, event.item, money=moved.model_copy(update={"given_back": event.reference}))


@change.register
def _(event: e.AnswerNotCounted, state: CaseState) -> CaseState:
    return with_item(state, event.item, not_counted=event.code, unreachable_since=None)
