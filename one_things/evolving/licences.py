"""What became of the e-licences that were looked up."""

from one_things import events as e
from one_things.case import CaseState, LicenceState
from one_things.evolving.dispatch import change
from one_things.licences import LicenceOutcome


@change.register
def _(event: e.LicenceVerified, state: CaseState) -> CaseState:
    verified = LicenceState(
        outcome=LicenceOutcome.VERIFIED, reference=event.reference, digest=event.digest, since=event.at
    )
    return _with_licence(state, event.material, verified)


@change.register
def _(event: e.LicenceRejected, state: CaseState) -> CaseState:
    rejected = LicenceState(outcome=LicenceOutcome.REJECTED, fault=event.fault, digest=event.digest, since=event.at)
    return _with_licence(state, event.material, rejected)


@change.register
def _(event: e.LicenceUnavailable, state: CaseState) -> CaseState:
    return _with_licence(state, event.material, LicenceState(outcome=LicenceOutcome.UNAVAILABLE, since=event.at))


def _with_licence(state: CaseState, material: str, licence: LicenceState) -> CaseState:
    return state.model_copy(update={"licences": {**state.licences, material: licence}})
