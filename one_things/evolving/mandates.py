"""Mandates given and revoked."""

from one_things import events as e
from one_things.case import CaseState, Mandate
from one_things.evolving.dispatch import change


@change.register
def _(event: e.MandateGiven, state: CaseState) -> CaseState:
    given = Mandate(scope=event.scope, given_at=event.at, ends_at=event.ends_at)
    return state.model_copy(update={"mandates": {**state.mandates, event.agent: given}})


@change.register
def _(event: e.MandateRevoked, state: CaseState) -> CaseState:
    revoked = state.mandates[event.agent].model_copy(update={"revoked_at": event.at})
    return state.model_copy(update={"mandates": {**state.mandates, event.agent: revoked}})
