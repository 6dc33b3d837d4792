"""Tasks of operators."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus, OperatorTask
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.OperatorTaskOpened, state: CaseState) -> CaseState:
    task = OperatorTask(item=event.item, kind=event.kind, reason=event.reason, opened_at=event.at)
    opened = state.model_copy(update={"tasks": (*state.tasks, task)})
    if event.kind is e.TaskKind.DEPARTMENT_SILENT:
        return with_item(opened, event.item, silence_reported=True)
    if event.kind is e.TaskKind.APPLICANT_SILENT:
        return with_item(opened, event.item, silence_of_applicant_reported=True)
    if event.kind is e.TaskKind.UNDO_FAILED:
        return with_item(opened, event.item, status=ItemStatus.UNDO_FAILED, unreachable_since=None)
    return opened


@change.register
def _(event: e.ItemRetried, state: CaseState) -> CaseState:
    waiting = with_item(
        state, event.item, status=ItemStatus.WAITING, code=None, reason=None, article=None, not_counted=None
    )
    if event.credit_anew:
        waiting = with_item(waiting, event.item, credit=None)
    return waiting.model_copy(update={"tasks": tuple(task for task in state.tasks if task.item != event.item)})


@change.register
def _(event: e.OperatorTaskSettled, state: CaseState) -> CaseState:
    settled = state.model_copy(update={"tasks": tuple(task for task in state.tasks if task.item != event.item)})
    item = settled.items[event.item]
    if item.silence_of_applicant_reported:
        # Somebody has asked: the days count anew.
        settled = with_item(settled, event.item, asked_at=event.at, reminded=False, silence_of_applicant_reported=False)
    if item.held_back is not None and item.status is ItemStatus.SUBMITTED:
        # The department was told: what it would not take goes to it once more, as the next attempt.
        return with_item(settled, event.item, status=ItemStatus.WAITING, held_back=None)
    return settled
