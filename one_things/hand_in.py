"""What the applicant still has to hand in, for which items and until when: questions to a plan and to a state."""

from collections.abc import Mapping
from enum import StrEnum

from one_things.blocked import given_up_items
from one_things.case import CasePhase, CaseState, Deferral, ItemStatus
from one_things.licences import LicenceOutcome
from one_things.model import Record
from one_things.plan import DeferredMaterial, Plan, PlannedMaterial
from one_things.promises import excluded_of, stands
from one_things.text import Text


class Why(StrEnum):
    """Why a material is asked for after the application."""

    ON_THE_WAY = "on_the_way"
    """It comes into being on the way, and its items wait for it."""
    EXCLUDED = "excluded"
    """A promise was to stand for it, and its applicant may not promise."""
    DEFERRED = "deferred"
    """It may follow by a date; its items are under way without it."""
    LICENCE_FAILED = "licence_failed"
    """The e-licence that was to stand for it does not, and its items wait for it."""
    LICENCE_UNAVAILABLE = "licence_unavailable"
    """The e-licence cannot be looked up at present: it may be handed in, or waited for."""


class Owed(Record):
    """A material that the applicant still has to hand in."""

    id: str
    title: Text
    why: Why
    items: tuple[str, ...]


_WITHOUT_LICENCE = {
    LicenceOutcome.REJECTED: Why.LICENCE_FAILED,
    LicenceOutcome.UNAVAILABLE: Why.LICENCE_UNAVAILABLE,
}
_FINISHED = frozenset({ItemStatus.REFUSED, ItemStatus.LAPSED, ItemStatus.UNDONE})


def titles_of(plan: Plan) -> dict[str, Text]:
    """Every material of the plan that is or may be handed in → its title."""
    titles = {material.id: material.title for material in plan.materials}
    titles |= {material.id: material.title for material in plan.awaited}
    titles |= {licence.material: licence.title for licence in plan.licences}
    titles |= {commitment.material: commitment.title for commitment in plan.commitments}
    return titles | {material.id: material.title for material in plan.deferred}


def materials_of(plan: Plan, item: str, handed_in: Mapping[str, str]) -> tuple[PlannedMaterial, ...]:
    """The materials of an item as they are now; what was ``handed_in`` later replaces, or joins, what came at first."""
    with_application = {material.id: material.digest for material in plan.materials}
    digests = {**with_application, **handed_in}
    titles = titles_of(plan)
    listed = plan.item(item).materials
    order = (*with_application, *(name for name in titles if name not in with_application))
    return tuple(
        PlannedMaterial(id=name, title=titles[name], digest=digests[name])
        for name in order
        if name in listed and name in digests
    )


def missing_of(state: CaseState, item: str) -> tuple[str, ...]:
    """The materials that this item waits for before it can be submitted."""
    awaited = [material.id for material in state.plan.awaited]
    awaited += [
        licence.material
        for licence in state.plan.licences
        if licence.required and _licence_is(state, licence.material, LicenceOutcome.REJECTED)
    ]
    if not awaited and not state.plan.commitments:
        return ()
    listed = state.plan.item(item).materials
    waited_for = (material for material in awaited if material in listed and material not in state.handed_in)
    return (*waited_for, *excluded_of(state, item))


def lacking(state: CaseState, item: str) -> tuple[str, ...]:
    """The deferred materials without which this item would be submitted now."""
    listed = state.plan.item(item).materials
    return tuple(
        material.id for material in state.plan.deferred if material.id in listed and material.id not in state.handed_in
    )


def open_deferrals(state: CaseState) -> dict[str, Deferral]:
    """The deferred materials that have a date and may still come in time."""
    return {
        material: deferral
        for material, deferral in state.deferrals.items()
        if not deferral.missed and material not in state.handed_in
    }


def deferrals_stand(state: CaseState) -> bool:
    """Whether the dates of deferred materials stand still: a rest of the case stops every clock, theirs as well."""
    return state.plan.deferrals_move and state.rest is not None


def deferral_of(plan: Plan, material: str) -> DeferredMaterial | None:
    """The deferral of this material, if it was deferred."""
    return next((deferred for deferred in plan.deferred if deferred.id == material), None)


def owed(state: CaseState) -> tuple[Owed, ...]:
    """Everything that the applicant still has to hand in and still may, in the plan's order."""
    if state.phase is not CasePhase.OPEN:
        return ()
    asked = [(material.id, material.title, Why.ON_THE_WAY) for material in state.plan.awaited]
    asked += [
        (commitment.material, commitment.title, Why.EXCLUDED)
        for commitment in state.plan.commitments
        if stands(state, commitment) is False
    ]
    asked += [
        (material.id, material.title, Why.DEFERRED)
        for material in state.plan.deferred
        if not (material.id in state.deferrals and state.deferrals[material.id].missed)
    ]
    asked += [
        (licence.material, licence.title, why)
        for licence in state.plan.licences
        for outcome, why in _WITHOUT_LICENCE.items()
        if _licence_is(state, licence.material, outcome)
    ]
    given_up = given_up_items(state) if state.plan.left_behind_is_seen else frozenset()
    found = (
        Owed(id=name, title=title, why=why, items=tuple(user for user in users_of(state, name) if user not in given_up))
        for name, title, why in asked
    )
    return tuple(one for one in found if one.id not in state.handed_in and one.items)


def users_of(state: CaseState, material: str) -> tuple[str, ...]:
    """The items that list the material and are still handled, or were approved without it."""
    return tuple(
        item.id
        for item in state.plan.items
        if material in item.materials and state.items[item.id].status not in _FINISHED
    )


def waiting_for_applicant(state: CaseState) -> dict[str, tuple[str, ...]]:
    """Item → the materials that are all it waits for: everything before it is done."""
    return {
        item.id: missing
        for item in state.plan.items
        if state.items[item.id].status is ItemStatus.WAITING
        and all(state.items[earlier].status is ItemStatus.APPROVED for earlier in item.after)
        and (missing := missing_of(state, item.id))
    }


def _licence_is(state: CaseState, material: str, outcome: LicenceOutcome) -> bool:
    known = state.licences.get(material)
    return known is not None and known.outcome is outcome
