"""Promises that stand or may not, and what was reported of them."""

from one_things import events as e
from one_things.case import CaseState
from one_things.evolving.dispatch import change
from one_things.promises import report_key


@change.register
def _(event: e.CommitmentStands, state: CaseState) -> CaseState:
    return _judged(state, event.material, stands=True)


@change.register
def _(event: e.CommitmentExcluded, state: CaseState) -> CaseState:
    return _judged(state, event.material, stands=False)


def _judged(state: CaseState, material: str, *, stands: bool) -> CaseState:
    down = tuple(one for one in state.exclusions_down if one != material)
    return state.model_copy(update={"promises": {**state.promises, material: stands}, "exclusions_down": down})


@change.register
def _(event: e.ExclusionUnavailable, state: CaseState) -> CaseState:
    return state.model_copy(update={"exclusions_down": (*state.exclusions_down, event.material)})


@change.register
def _(event: e.CommitmentReported, state: CaseState) -> CaseState:
    return _reported(state, event)


@change.register
def _(event: e.CommitmentReportFailed, state: CaseState) -> CaseState:
    return _reported(state, event)


def _reported(state: CaseState, event: e.CommitmentReported | e.CommitmentReportFailed) -> CaseState:
    key = report_key(event.item, event.material)
    return state.model_copy(update={"reports": {**state.reports, key: event.verdict}})
