"""A rest of the case, its end, and a calendar that became known."""

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.clock import Stop
from one_things.evolving.changes import with_item
from one_things.evolving.delivery import in_doubt
from one_things.evolving.dispatch import change
from one_things.evolving.limits import joint_limits_thrown_open, standing, thrown_open, under_review
from one_things.evolving.materials import deferrals_thrown_open
from one_things.evolving.proposals import confirmation_thrown_open
from one_things.hand_in import open_deferrals
from one_things.limit_watch import Rest
from one_things.provisional import delivery_may_move, may_move, provisional_deferrals


@change.register
def _(event: e.CaseSuspended, state: CaseState) -> CaseState:
    rested = state.model_copy(update={"rest": Rest(since=event.at, resumes_at=event.resumes_at)})
    for item_id in under_review(state):
        procedures = tuple(
            run.model_copy(update={"watch": run.watch.standing()}) for run in rested.items[item_id].procedures
        )
        rested = with_item(standing(rested, item_id), item_id, procedures=procedures, date_in_doubt=False)
    return joint_limits_thrown_open(rested)


@change.register
def _(event: e.CaseResumed, state: CaseState) -> CaseState:
    if state.rest is None:
        raise ValueError("only a case that rests can go on")
    rest = Stop(since=state.rest.since, until=event.at)
    resumed = state.model_copy(update={"rest": None, "rests": (*state.rests, rest)})
    for item_id in under_review(state):
        resumed = thrown_open(resumed, item_id)
    for item_id, item in state.items.items():
        if item.awaits_signatures and item.signing is not None:
            longer = item.signing.ends_at + (event.at - state.rest.since)
            resumed = with_item(resumed, item_id, signing=item.signing.model_copy(update={"ends_at": longer}))
    return joint_limits_thrown_open(deferrals_thrown_open(resumed, open_deferrals(state)))


@change.register
def _(event: e.CalendarKnown, state: CaseState) -> CaseState:
    known = state.model_copy(update={"calendar": event.publication})
    for item_id, item in state.items.items():
        if may_move(item):
            known = with_item(known, item_id, date_in_doubt=True, reckonings=item.reckonings + 1)
    if state.confirmation.provisional and state.phase is CasePhase.PROPOSED:
        known = confirmation_thrown_open(known)
    for item_id, delivery in state.deliveries.items():
        if delivery_may_move(delivery):
            known = in_doubt(known, item_id)
    return joint_limits_thrown_open(deferrals_thrown_open(known, provisional_deferrals(state)))
