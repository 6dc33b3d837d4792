"""The small changes that most events are made of."""

from datetime import datetime

from one_things.case import CaseState, ItemState, ItemStatus
from one_things.events import TaskKind


def with_item(state: CaseState, item: str, **changes: object) -> CaseState:
    """The state with these fields of one item changed. Whoever answers is silent no more: that task goes by itself."""
    items = dict(state.items)
    before = items[item]
    items[item] = after = before.model_copy(update=changes)
    changed = state.model_copy(update={"items": items})
    return _no_longer_silent(changed, item) if _answered(before, after) else changed


def _answered(before: ItemState, after: ItemState) -> bool:
    return before.silence_reported and before.unreachable_since is not None and after.unreachable_since is None


def _no_longer_silent(state: CaseState, item: str) -> CaseState:
    kept = tuple(task for task in state.tasks if (task.item, task.kind) != (item, TaskKind.DEPARTMENT_SILENT))
    items = {**state.items, item: state.items[item].model_copy(update={"silence_reported": False})}
    return state.model_copy(update={"tasks": kept, "items": items})


def still_silent_since(state: CaseState, item: str) -> datetime | None:
    """Since when the department has not answered about a material that was passed on later: its word about the item
    itself is no answer to that."""
    before = state.items[item]
    passed_on = any(material in state.handed_in for material in before.lacks)
    if state.plan.left_behind_is_seen and passed_on and before.status is not ItemStatus.SUBMITTED:
        return before.unreachable_since
    return None


def answered_after_all(state: CaseState, item: str) -> CaseState:
    """The department's next word counts: nobody has to see to an incomplete answer of it any more."""
    open_tasks = tuple(task for task in state.tasks if task.item != item or task.kind is not TaskKind.ANSWER_INCOMPLETE)
    if len(open_tasks) == len(state.tasks):
        return state
    return with_item(state, item, not_counted=None).model_copy(update={"tasks": open_tasks})


def counted(state: CaseState, item: str, decision_id: str) -> tuple[str, ...]:
    """The decisions of the item that counted, with this one."""
    return (*state.items[item].decision_ids, decision_id)
