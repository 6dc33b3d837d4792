"""Materials that follow the application."""

from collections.abc import Iterable

from one_things import events as e
from one_things.case import CaseState, Deferral
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.MaterialDeferred, state: CaseState) -> CaseState:
    deferral = Deferral(due_on=event.due_on, due_at=event.due_at, provisional=event.provisional)
    return _with_deferral(state, event.material, deferral)


@change.register
def _(event: e.DeferralDoubted, state: CaseState) -> CaseState:
    doubted = state.deferrals[event.material].model_copy(update={"in_doubt": True})
    return _with_deferral(state, event.material, doubted)


@change.register
def _(event: e.MaterialMissed, state: CaseState) -> CaseState:
    missed = state.deferrals[event.material].model_copy(update={"missed": True})
    return _with_deferral(state, event.material, missed)


def deferrals_thrown_open(state: CaseState, materials: Iterable[str]) -> CaseState:
    """The dates of these deferred materials have to be reckoned; in plans older than this rule they stay."""
    for material in materials if state.plan.deferrals_move else ():
        doubted = state.deferrals[material].model_copy(update={"in_doubt": True})
        state = _with_deferral(state, material, doubted)
    return state


def _with_deferral(state: CaseState, material: str, deferral: Deferral) -> CaseState:
    return state.model_copy(update={"deferrals": {**state.deferrals, material: deferral}})


@change.register
def _(event: e.MaterialHandedIn, state: CaseState) -> CaseState:
    return state.model_copy(update={"handed_in": {**state.handed_in, event.material: event.digest}})


@change.register
def _(event: e.MaterialSupplied, state: CaseState) -> CaseState:
    lacks = tuple(material for material in state.items[event.item].lacks if material != event.material)
    return with_item(state, event.item, lacks=lacks, unreachable_since=None)


@change.register
def _(event: e.SubmissionWithdrawn, state: CaseState) -> CaseState:
    return with_item(state, event.item, to_withdraw=False, unreachable_since=None)
