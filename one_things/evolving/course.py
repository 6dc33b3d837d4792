"""The course of the case."""

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.evolving.dispatch import change


@change.register
def _(event: e.CaseStopped, state: CaseState) -> CaseState:
    return state.model_copy(update={"phase": CasePhase.STOPPING, "stop_reason": event.reason, "stopped_by": event.item})


@change.register
def _(event: e.ClockFastForwarded, state: CaseState) -> CaseState:
    return state.model_copy(update={"seconds_ahead": state.seconds_ahead + event.seconds})


@change.register
def _(event: e.CaseClosed, state: CaseState) -> CaseState:
    return state.model_copy(update={"phase": CasePhase.CLOSED, "outcome": event.outcome, "closed_at": event.at})
