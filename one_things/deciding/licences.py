"""E-licences that were looked up."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import LicenceFails, LicenceStands, RecordLicence, RecordLicenceUnavailable
from one_things.deciding.dispatch import decision
from one_things.licences import LicenceOutcome


@decision.register
def _(command: RecordLicence, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    known = state.licences.get(command.material)
    answered = known is not None and known.outcome is not LicenceOutcome.UNAVAILABLE
    if answered or command.material in state.handed_in:
        return ()
    items = tuple(item.id for item in state.plan.items if command.material in item.materials)
    looked_up = None if command.looked_up is None else command.looked_up.for_items(items)
    match command.verdict:
        case LicenceStands(reference=reference, digest=digest):
            return (
                e.LicenceVerified(
                    at=at, material=command.material, reference=reference, digest=digest, looked_up=looked_up
                ),
            )
        case LicenceFails(fault=fault, digest=kept):
            return (e.LicenceRejected(at=at, material=command.material, fault=fault, digest=kept, looked_up=looked_up),)


@decision.register
def _(command: RecordLicenceUnavailable, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.material in state.licences or command.material in state.handed_in:
        return ()
    return (e.LicenceUnavailable(at=at, material=command.material),)
