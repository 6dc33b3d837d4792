"""From hand-in to acceptance, or back."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus, Receipt, Return
from one_things.evolving.changes import still_silent_since, with_item
from one_things.evolving.dispatch import change
from one_things.evolving.limits import NO_CLOCK


@change.register
def _(event: e.ItemReceived, state: CaseState) -> CaseState:
    received = Receipt(
        handed_in_at=event.handed_in_at,
        deemed_on=event.deemed_on,
        deemed_at=event.deemed_at,
        provisional=event.provisional,
    )
    return with_item(
        state,
        event.item,
        status=ItemStatus.RECEIVED,
        reference=event.reference,
        received=received,
        unreachable_since=None,
    )


@change.register
def _(event: e.AcceptanceDeclared, state: CaseState) -> CaseState:
    item = state.items[event.item]
    return with_item(
        state,
        event.item,
        status=ItemStatus.RECEIVED,
        reference=event.reference or item.reference,
        accepted_from=event.at,
        act_ids=(*item.act_ids, event.act_id),
        unreachable_since=still_silent_since(state, event.item),
    )


@change.register
def _(event: e.ItemDeemedAccepted, state: CaseState) -> CaseState:
    return with_item(state, event.item, accepted_from=event.handed_in_at, deemed_accepted=True)


@change.register
def _(event: e.SilenceDoubted, state: CaseState) -> CaseState:
    return _with_receipt(state, event.item, in_doubt=True)


@change.register
def _(event: e.SilenceReckoned, state: CaseState) -> CaseState:
    return _with_receipt(
        state,
        event.item,
        deemed_on=event.deemed_on,
        deemed_at=event.deemed_at,
        provisional=False,
        in_doubt=False,
    )


def _with_receipt(state: CaseState, item_id: str, **changes: object) -> CaseState:
    received = state.items[item_id].received
    assert received is not None
    return with_item(state, item_id, received=received.model_copy(update=changes))


@change.register
def _(event: e.ItemReturned, state: CaseState) -> CaseState:
    item = state.items[event.item]
    returned = Return(reason=event.reason, responsible=event.responsible, note=event.note)
    return with_item(
        state,
        event.item,
        status=ItemStatus.RETURNED,
        returned=returned,
        received=None,
        act_ids=(*item.act_ids, event.act_id),
        unreachable_since=None,
        **NO_CLOCK,
    )


@change.register
def _(event: e.ItemHandedInAgain, state: CaseState) -> CaseState:
    again = with_item(state, event.item, status=ItemStatus.WAITING)
    return again.model_copy(
        update={
            "corrections": (*state.corrections, event.form),
            "handed_in": {**state.handed_in, **event.materials},
        }
    )
