"""What an item whose turn has come is waiting for, when it is something that an applicant can do something about."""

from typing import NamedTuple

from gateway.texts import text
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.hand_in import missing_of
from one_things.licences import LicenceOutcome
from one_things.plan import PlannedItem
from one_things.preparing import missing_lookups
from one_things.text import Text


class HeldUp(NamedTuple):
    """What holds an item up: in full, and in the few words that fit on the map."""

    words: Text
    short: Text


def held_up_by(state: CaseState, planned: PlannedItem) -> HeldUp | None:
    """A source that is down, a licence that does not stand, a credit record that does not answer; else None."""
    item = state.items[planned.id]
    if item.status is not ItemStatus.WAITING or state.phase is not CasePhase.OPEN:
        return None
    if any(state.items[earlier].status is not ItemStatus.APPROVED for earlier in planned.after):
        return None
    rejected = [name for name in missing_of(state, planned.id) if name in state.licences]
    if rejected:
        return HeldUp(rejection(state, rejected[0]), text("held_up.material"))
    down = [lookup for lookup in missing_lookups(state, planned) if lookup in state.sources_down]
    if down:
        words = text("item.source_unavailable", department=department_of_lookup(state, down[0]))
        return HeldUp(words, text("held_up.source"))
    for name in planned.licences:
        known = state.licences.get(name)
        if known is not None and known.outcome is LicenceOutcome.UNAVAILABLE and name not in state.handed_in:
            licence = state.plan.licence(name)
            return HeldUp(text("item.licence_unavailable", material=licence.title), text("held_up.source"))
    if item.credit_unavailable_since is not None:
        return HeldUp(text("item.credit_unavailable"), text("held_up.source"))
    return None


def rejection(state: CaseState, material: str) -> Text:
    """Why a material has to be handed in although its e-licence was looked up."""
    fault = state.licences[material].fault
    return text(
        "item.material_missing",
        material=state.plan.licence(material).title,
        reason=text(f"licence.{fault}") if fault is not None else text("licence.not_held"),
    )


def department_of_lookup(state: CaseState, lookup_id: str) -> Text:
    """The department that a look-up asks."""
    department = next(lookup.department for lookup in state.plan.lookups if lookup.id == lookup_id)
    return state.plan.departments[department]
