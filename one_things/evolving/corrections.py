"""Correction notices and answers."""

from one_things import events as e
from one_things.case import CaseState, HeldBackNotice, ItemStatus
from one_things.evolving.changes import answered_after_all, counted, with_item
from one_things.evolving.dispatch import change
from one_things.evolving.limits import NO_CLOCK


@change.register
def _(event: e.CorrectionRequested, state: CaseState) -> CaseState:
    notice = state.plan.item(event.item).notice
    for windowed in notice.windows if notice is not None else ():
        # The notice begins anew, and with it the window behind it.
        state = with_item(state, windowed, window_ends_at=None, window_provisional=False)
    return with_item(
        answered_after_all(state, event.item),
        event.item,
        status=ItemStatus.CORRECTION,
        decision_ids=counted(state, event.item, event.decision_id),
        correction_points=event.points,
        asks=event.asks,
        corrections_asked=state.items[event.item].corrections_asked + 1,
        held_back=None,
        received=None,
        accepted_from=None,
        unreachable_since=None,
        **NO_CLOCK,
    )


@change.register
def _(event: e.CorrectionHeldBack, state: CaseState) -> CaseState:
    held = HeldBackNotice(**event.model_dump(include=set(HeldBackNotice.model_fields)))
    return with_item(state, event.item, held_back=held, unreachable_since=None)


@change.register
def _(event: e.CorrectionPermitted, state: CaseState) -> CaseState:
    permitted = with_item(
        state, event.item, corrections_permitted=state.items[event.item].corrections_permitted + 1, held_back=None
    )
    left = tuple(task for task in state.tasks if (task.item, task.kind) != (event.item, e.TaskKind.SECOND_CORRECTION))
    return permitted.model_copy(update={"tasks": left})


@change.register
def _(event: e.CorrectionAnswered, state: CaseState) -> CaseState:
    answered = with_item(state, event.item, status=ItemStatus.WAITING, correction_points=None, asks=None)
    return answered.model_copy(
        update={
            "corrections": (*state.corrections, event.form),
            "handed_in": {**state.handed_in, **event.materials},
        }
    )
