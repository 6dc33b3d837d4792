"""Where what nobody was asked for comes from: shared data with its values, e-licences, and what is missing of both."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.texts import text
from gateway.views.waiting import department_of_lookup, rejection
from one_things.case import CasePhase, CaseState
from one_things.hand_in import owed
from one_things.licences import LicenceOutcome
from one_things.model import Record
from one_things.text import Text


class SourceStanding(StrEnum):
    """How far a look-up of shared data has come."""

    NOT_ASKED = "not_asked"
    PROVIDED = "provided"
    NOTHING_HELD = "nothing_held"
    UNAVAILABLE = "unavailable"
    HANDED_IN = "handed_in"


class ValueView(Record):
    """One field with its value, masked where it is personal; None where it is not to be shown."""

    field: str
    title: Text
    value: str | None = None


class SourceView(Record):
    """A source of shared data. Never shown as an empty field: it is unavailable, and then it may be handed in."""

    lookup: str
    department: Text
    standing: SourceStanding
    standing_text: Text
    may_be_handed_in: bool
    values: tuple[ValueView, ...]


class LicenceView(Record):
    """An e-licence that is to stand for a material."""

    material: str
    title: Text
    department: Text
    outcome: LicenceOutcome | None
    """None before it is looked up."""
    outcome_text: Text
    may_be_handed_in: bool
    handed_in: bool


def source_views(state: CaseState, values: Mapping[str, tuple[ValueView, ...]]) -> tuple[SourceView, ...]:
    """The sources of a case; ``values`` are the opened fields of each look-up that has any."""
    return tuple(_source(state, lookup.id, values.get(lookup.id, ())) for lookup in state.plan.lookups)


def licence_views(state: CaseState) -> tuple[LicenceView, ...]:
    """The e-licences of a case."""
    awaited = {one.id for one in owed(state)}
    return tuple(
        LicenceView(
            material=licence.material,
            title=licence.title,
            department=state.plan.departments[licence.department],
            outcome=_outcome(state, licence.material),
            outcome_text=_outcome_text(state, licence.material),
            may_be_handed_in=licence.material in awaited,
            handed_in=licence.material in state.handed_in,
        )
        for licence in state.plan.licences
    )


def standing_of(state: CaseState, lookup: str) -> SourceStanding:
    """How far this look-up has come."""
    if lookup in state.handed_instead:
        return SourceStanding.HANDED_IN
    if lookup in state.facts:
        return SourceStanding.NOTHING_HELD if state.facts[lookup] is None else SourceStanding.PROVIDED
    return SourceStanding.UNAVAILABLE if lookup in state.sources_down else SourceStanding.NOT_ASKED


def _source(state: CaseState, lookup: str, values: tuple[ValueView, ...]) -> SourceView:
    standing = standing_of(state, lookup)
    return SourceView(
        lookup=lookup,
        department=department_of_lookup(state, lookup),
        standing=standing,
        standing_text=text(f"source.{standing.value}"),
        may_be_handed_in=standing is SourceStanding.UNAVAILABLE and state.phase is CasePhase.OPEN,
        values=values,
    )


def _outcome(state: CaseState, material: str) -> LicenceOutcome | None:
    known = state.licences.get(material)
    return None if known is None else known.outcome


def _outcome_text(state: CaseState, material: str) -> Text:
    if material in state.handed_in:
        return text("source.handed_in")
    match _outcome(state, material):
        case None:
            return text("source.not_asked")
        case LicenceOutcome.UNAVAILABLE:
            return text("source.unavailable")
        case LicenceOutcome.VERIFIED:
            return text("source.verified")
        case LicenceOutcome.REJECTED:
            return rejection(state, material)
