"""What an item whose turn has come still needs before it can be submitted, beside shared data.

E-licences and the credit record are looked up only now: what an earlier item of the case changes (a licence that it
withdraws, for instance) must be seen as changed.
"""

from collections.abc import Iterable

from one_things.case import CaseState, LicenceState
from one_things.events import CreditOutcome
from one_things.hand_in import materials_of
from one_things.licences import LicenceOutcome
from one_things.model import Record
from one_things.plan import PlannedItem, PlannedLicence, PlannedMaterial
from one_things.sealed import Sealed


class LookUpLicence(Record):
    """Ask the issuer for the e-licence that is to stand for a material."""

    material: str


class CheckCredit(Record):
    """Look up the applicant's credit record for an item that demands it."""

    item: str


Preparation = LookUpLicence | CheckCredit


def missing_lookups(state: CaseState, item: PlannedItem) -> tuple[str, ...]:
    """The look-ups of the item that nobody has answered: no department, and not the applicant in its place."""
    return tuple(lookup for lookup in item.lookups if lookup not in state.facts and lookup not in state.handed_instead)


def preparations(state: CaseState, item: PlannedItem) -> tuple[Preparation, ...]:
    """What can be looked up now for an item that has all its shared data."""
    found: list[Preparation] = [
        LookUpLicence(material=material) for material in item.licences if is_sought(state, material)
    ]
    if item.credit_check is not None and state.items[item.id].credit is None:
        found.append(CheckCredit(item=item.id))
    return tuple(found)


def is_prepared(state: CaseState, item: PlannedItem) -> bool:
    """Whether nothing is left to be looked up and the credit record does not bar the applicant."""
    cleared = item.credit_check is None or state.items[item.id].credit is CreditOutcome.CLEAR
    return cleared and not any(is_sought(state, material) for material in item.licences)


def is_sought(state: CaseState, material: str) -> bool:
    """Whether the licence for a material is still to be asked for: nobody answered, and nothing was handed in."""
    known = state.licences.get(material)
    answered = known is not None and known.outcome is not LicenceOutcome.UNAVAILABLE
    return not answered and material not in state.handed_in


def known_facts(state: CaseState, lookups: Iterable[str]) -> tuple[Sealed, ...]:
    """What these look-ups came to, sealed. What the applicant handed in for a source that was down goes before it."""
    found: list[Sealed] = []
    for lookup in lookups:
        handed = state.handed_instead.get(lookup)
        fact = state.facts.get(lookup) if handed is None else handed.form
        if fact is not None:
            found.append(fact)
    return tuple(found)


def materials_with(state: CaseState, item: PlannedItem) -> tuple[PlannedMaterial, ...]:
    """The materials that the item is submitted with, those included that stand in for a source that is down."""
    instead = (state.handed_instead[lookup] for lookup in item.lookups if lookup in state.handed_instead)
    replaced = tuple(material for handed in instead for material in handed.materials)
    return (*materials_of(state.plan, item.id, state.handed_in), *replaced)


def standing_licences(state: CaseState, item: PlannedItem) -> tuple[tuple[PlannedLicence, LicenceState], ...]:
    """The verified e-licences that the item is submitted with in place of materials."""
    return tuple(
        (state.plan.licence(name), state.licences[name])
        for name in item.licences
        if name not in state.handed_in
        and name in state.licences
        and state.licences[name].outcome is LicenceOutcome.VERIFIED
    )
