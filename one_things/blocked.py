"""Items that can never start, because one they come after failed."""

from one_things.case import CaseState, ItemStatus
from one_things.order import predecessors


def blocked_items(state: CaseState) -> frozenset[str]:
    """Waiting items that can never start, because one they come after was refused or lapsed."""
    failed = {
        item_id for item_id, item in state.items.items() if item.status in {ItemStatus.REFUSED, ItemStatus.LAPSED}
    }
    before = predecessors(state.plan) if failed else {}
    return frozenset(item for item, earlier in before.items() if earlier & failed)
