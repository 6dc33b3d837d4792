"""An item on its way."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus
from one_things.evolving.changes import answered_after_all, counted, still_silent_since, with_item
from one_things.evolving.dispatch import change
from one_things.evolving.limits import accepted
from one_things.evolving.waiting import answered
from one_things.hand_in import lacking


@change.register
def _(event: e.ItemSubmitted, state: CaseState) -> CaseState:
    state = answered(state, event.item)
    return with_item(
        state,
        event.item,
        status=ItemStatus.SUBMITTED,
        attempt=event.attempt,
        submitted_at=event.at,
        lacks=lacking(state, event.item),
        received=None,
        accepted_from=None,
        deemed_accepted=False,
        returned=None,
    )


@change.register
def _(event: e.DepartmentUnreachable, state: CaseState) -> CaseState:
    return with_item(state, event.item, unreachable_since=event.at)


@change.register
def _(event: e.ItemAccepted, state: CaseState) -> CaseState:
    taken = with_item(
        state,
        event.item,
        status=ItemStatus.ACCEPTED,
        reference=event.reference,
        accepted_at=event.since or event.at,
        due_on=event.due_on,
        due_at=event.due_at,
        provisional=event.provisional,
        unreachable_since=still_silent_since(state, event.item),
    )
    return accepted(taken, event.item, event.limit, event.since or event.at)


@change.register
def _(event: e.ItemApproved, state: CaseState) -> CaseState:
    return with_item(
        answered_after_all(state, event.item),
        event.item,
        status=ItemStatus.APPROVED,
        decision_ids=counted(state, event.item, event.decision_id),
        results=event.results,
        unreachable_since=still_silent_since(state, event.item),
    )


@change.register
def _(event: e.ItemRefused, state: CaseState) -> CaseState:
    lies_there = state.items[event.item].lies_with_department
    return with_item(
        answered_after_all(state, event.item),
        event.item,
        status=ItemStatus.REFUSED,
        decision_ids=counted(state, event.item, event.decision_id),
        code=event.code,
        reason=event.reason,
        article=event.article,
        to_withdraw=event.by_platform and lies_there,
        unreachable_since=None,
    )


@change.register
def _(_event: e.PivotPassed, state: CaseState) -> CaseState:
    return state.model_copy(update={"pivot_passed": True})


@change.register
def _(event: e.ItemUndone, state: CaseState) -> CaseState:
    answered = answered_after_all(state, event.item)
    return with_item(answered, event.item, status=ItemStatus.UNDONE, unreachable_since=None)
