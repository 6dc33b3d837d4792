"""What shared data says."""

from one_things import events as e
from one_things.case import CaseState, HandedInInstead
from one_things.evolving.dispatch import change
from one_things.sealed import Sealed


@change.register
def _(event: e.SharedDataFetched, state: CaseState) -> CaseState:
    return _with_fact(state, event.lookup, event.fields)


@change.register
def _(event: e.SharedDataMissing, state: CaseState) -> CaseState:
    return _with_fact(state, event.lookup, None)


def _with_fact(state: CaseState, lookup: str, fields: Sealed | None) -> CaseState:
    down = tuple(source for source in state.sources_down if source != lookup)
    return state.model_copy(update={"facts": {**state.facts, lookup: fields}, "sources_down": down})


@change.register
def _(event: e.SharedDataUnavailable, state: CaseState) -> CaseState:
    return state.model_copy(update={"sources_down": (*state.sources_down, event.lookup)})


@change.register
def _(event: e.HandedInInstead, state: CaseState) -> CaseState:
    handed = HandedInInstead(form=event.form, digest=event.digest, materials=event.materials)
    return state.model_copy(update={"handed_instead": {**state.handed_instead, event.lookup: handed}})


@change.register
def _(event: e.SourceAnsweredLate, state: CaseState) -> CaseState:
    return _with_fact(state, event.lookup, event.fields)
