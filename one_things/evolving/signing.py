"""How far a signing is."""

from one_things import events as e
from one_things.case import CaseState
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change
from one_things.signing import GivenSignature, SigningState


@change.register
def _(event: e.SigningBegan, state: CaseState) -> CaseState:
    begun = SigningState(round=event.round, digest=event.digest, corrections=event.corrections, ends_at=event.ends_at)
    return with_item(state, event.item, signing=begun)


@change.register
def _(event: e.DocumentConfirmed, state: CaseState) -> CaseState:
    confirmed = _signing(state, event.item).model_copy(update={"corrections": event.corrections})
    return with_item(state, event.item, signing=confirmed)


@change.register
def _(event: e.SignatoryUnreachable, state: CaseState) -> CaseState:
    signing = _signing(state, event.item)
    return with_item(state, event.item, signing=signing.model_copy(update={"silent": (*signing.silent, event.party)}))


@change.register
def _(event: e.SignatureRequested, state: CaseState) -> CaseState:
    signing = _signing(state, event.item)
    requested = {"requested": (*signing.requested, event.party), "silent": _without(signing.silent, event.party)}
    return with_item(state, event.item, signing=signing.model_copy(update=requested))


@change.register
def _(event: e.SignatureGiven, state: CaseState) -> CaseState:
    signing = _signing(state, event.item)
    channel = event.channel.value if event.channel is not None else None
    given = GivenSignature(party=event.party, at=event.at, channel=channel, by=event.by)
    return with_item(state, event.item, signing=signing.model_copy(update={"signatures": (*signing.signatures, given)}))


@change.register
def _(event: e.SigningCompleted, state: CaseState) -> CaseState:
    completed = _signing(state, event.item).model_copy(update={"completed": True})
    return with_item(state, event.item, signing=completed)


def _signing(state: CaseState, item: str) -> SigningState:
    signing = state.items[item].signing
    if signing is None:
        raise ValueError("nobody signs before the signing began")
    return signing


def _without(parties: tuple[str, ...], party: str) -> tuple[str, ...]:
    return tuple(other for other in parties if other != party)
