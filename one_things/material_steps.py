"""What materials that follow the application need next, and what happens by itself when they do not come."""

from collections.abc import Iterator

from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import DoubtDeferral, MissMaterial
from one_things.deadlines import Deadline
from one_things.hand_in import Why, deferrals_stand, open_deferrals, owed
from one_things.model import Record


class ReckonDeferral(Record):
    """Reckon until when a deferred material has to be there."""

    material: str
    rests: int = 0
    """After so many rests of the case, and by which published calendar: with another of them it is another question."""
    calendar: int = 0


class SupplyMaterial(Record):
    """Pass a material on to a department that took its item without it."""

    item: str
    material: str


MaterialStep = ReckonDeferral | SupplyMaterial

_HAS_ANSWERED = frozenset({ItemStatus.RECEIVED, ItemStatus.ACCEPTED, ItemStatus.NOTICE, ItemStatus.APPROVED})
"""The department has the submission for certain, and what comes later can be added to it."""


def material_steps(state: CaseState) -> tuple[MaterialStep, ...]:
    """Everything that can be done now about materials, in an open case."""
    known_now = {"rests": len(state.rests), "calendar": state.calendar} if state.plan.deferrals_move else {}
    reckon = [
        ReckonDeferral(material=deferred.id, **known_now)
        for deferred in state.plan.deferred
        if deferred.id not in state.deferrals or state.deferrals[deferred.id].in_doubt
    ]
    supply = [
        SupplyMaterial(item=item_id, material=material)
        for item_id, item in state.items.items()
        for material in item.lacks
        if item.status in _HAS_ANSWERED and material in state.handed_in
    ]
    return (*reckon, *supply)


def is_dated(state: CaseState, item: str) -> bool:
    """Whether every deferred material of the item has its date: the department is told until when it comes."""
    listed = state.plan.item(item).materials
    return all(deferred.id in state.deferrals for deferred in state.plan.deferred if deferred.id in listed)


def awaits_materials(state: CaseState) -> bool:
    """Whether a deferred material may still come, so that the case cannot end yet."""
    return any(one.why is Why.DEFERRED for one in owed(state))


def material_deadlines(state: CaseState) -> Iterator[Deadline]:
    """The dates of the deferrals that are still open."""
    if state.phase is not CasePhase.OPEN or deferrals_stand(state):
        return
    for material, deferral in open_deferrals(state).items():
        if deferral.in_doubt:
            continue
        missed = DoubtDeferral(material=material) if deferral.provisional else MissMaterial(material=material)
        yield Deadline(deferral.due_at, missed)
