"""Items that can never start, because one they come after failed."""

from one_things.case import CaseState, ItemStatus
from one_things.order import predecessors


def blocked_items(state: CaseState) -> frozenset[str]:
    """Waiting items that can never start, because one they come after was refused or lapsed."""
    failed = {
        item_id for item_id, item in state.items.items() if item.status in {ItemStatus.REFUSED, ItemStatus.LAPSED}
    }
    return _behind(state, failed)


def given_up_items(state: CaseState) -> frozenset[str]:
    """Blocked items that no operator can set going any more: no task about what failed before them is open."""
    open_tasks = {task.item for task in state.tasks}
    failed = {
        item_id
        for item_id, item in state.items.items()
        if item.status in {ItemStatus.REFUSED, ItemStatus.LAPSED} and item_id not in open_tasks
    }
    return frozenset(item for item in _behind(state, failed) if state.items[item].status is ItemStatus.WAITING)


def _behind(state: CaseState, failed: set[str]) -> frozenset[str]:
    before = predecessors(state.plan) if failed else {}
    return frozenset(item for item, earlier in before.items() if earlier & failed)
