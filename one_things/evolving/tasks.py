"""Tasks of operators."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus, OperatorTask
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.OperatorTaskOpened, state: CaseState) -> CaseState:
    task = OperatorTask(item=event.item, kind=event.kind, reason=event.reason, opened_at=event.at)
    opened = state.model_copy(update={"tasks": (*state.tasks, task)})
    if event.kind is e.TaskKind.UNDO_FAILED:
        return with_item(opened, event.item, status=ItemStatus.UNDO_FAILED, unreachable_since=None)
    return opened


@change.register
def _(event: e.OperatorTaskSettled, state: CaseState) -> CaseState:
    return state.model_copy(update={"tasks": tuple(task for task in state.tasks if task.item != event.item)})
