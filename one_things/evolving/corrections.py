"""Correction notices and answers."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus
from one_things.evolving.changes import counted, with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.CorrectionRequested, state: CaseState) -> CaseState:
    notice = state.plan.item(event.item).notice
    for windowed in notice.windows if notice is not None else ():
        # The notice begins anew, and with it the window behind it.
        state = with_item(state, windowed, window_ends_at=None, window_provisional=False)
    return with_item(
        state,
        event.item,
        status=ItemStatus.CORRECTION,
        decision_ids=counted(state, event.item, event.decision_id),
        correction_points=event.points,
        due_on=None,
        due_at=None,
        breached=False,
        unreachable_since=None,
    )


@change.register
def _(event: e.CorrectionAnswered, state: CaseState) -> CaseState:
    answered = with_item(state, event.item, status=ItemStatus.WAITING, correction_points=None)
    return answered.model_copy(update={"corrections": (*state.corrections, event.form)})
