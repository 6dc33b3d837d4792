"""What an approval and a refusal mean for the case, however they arrived."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.deciding.payments import moved_by_approval, require_results
from one_things.money import PaymentMade
from one_things.order import precedes_pivot
from one_things.sealed import Sealed


def approve(
    state: CaseState,
    item_id: str,
    decision_id: str,
    results: tuple[e.DecidedResult, ...],
    at: datetime,
    payment: PaymentMade | None = None,
) -> tuple[e.Event, ...]:
    """The item is approved; with the pivot everything before it becomes final.

    Raises CommandRefused when the approval lacks a result of an atomic item, or does not confirm the planned payment.
    """
    require_results(state, item_id, results)
    moved = moved_by_approval(state, item_id, payment, at)
    approved = e.ItemApproved(at=at, item=item_id, decision_id=decision_id, results=results)
    pivot = (e.PivotPassed(at=at, item=item_id),) if state.plan.item(item_id).pivot else ()
    return (*moved, approved, *pivot)


def refuse(
    state: CaseState,
    item_id: str,
    decision_id: str,
    code: str,
    reason: Sealed | None,
    article: str | None,
    at: datetime,
    *,
    by_platform: bool = False,
) -> tuple[e.Event, ...]:
    """The item is refused: before the pivot that stops the case, after it a person takes over.

    A linked change is refused alone: its department says to the applicant what to do, and nothing else follows.
    """
    refused = e.ItemRefused(
        at=at,
        item=item_id,
        decision_id=decision_id,
        code=code,
        reason=reason,
        article=article,
        by_platform=by_platform,
    )
    if state.phase is CasePhase.STOPPING:
        return (refused,)
    if state.plan.item(item_id).linked:
        return (refused,)
    if state.pivot_passed:
        return (
            refused,
            e.OperatorTaskOpened(at=at, item=item_id, kind=e.TaskKind.REFUSED_AFTER_PIVOT, reason=reason),
        )
    if precedes_pivot(state.plan, item_id):
        stop = e.StopReason.OBJECTED if code == "objection" else e.StopReason.REFUSED
        return (refused, e.CaseStopped(at=at, reason=stop, item=item_id))
    return (refused,)
