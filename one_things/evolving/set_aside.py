"""What was set aside, counted, so that it stays bounded."""

from one_things import events as e
from one_things.case import CaseState, SetAsideSoFar
from one_things.evolving.dispatch import change


@change.register
def _(event: e.DecisionSetAside, state: CaseState) -> CaseState:
    so_far = _so_far(state, event)
    return _with(state, event, SetAsideSoFar(ids=(*so_far.ids, event.decision_id)))


@change.register
def _(event: e.MoreSetAside, state: CaseState) -> CaseState:
    return _with(state, event, SetAsideSoFar(ids=_so_far(state, event).ids, more=True))


def _so_far(state: CaseState, event: e.SetAsideEvent) -> SetAsideSoFar:
    return state.set_aside.get(state.place_of_set_aside(event.department, event.item), SetAsideSoFar())


def _with(state: CaseState, event: e.SetAsideEvent, so_far: SetAsideSoFar) -> CaseState:
    place = state.place_of_set_aside(event.department, event.item)
    return state.model_copy(update={"set_aside": {**state.set_aside, place: so_far}})
