"""Questions about the order of a plan's items, answered from its edges."""

from functools import lru_cache

from one_things.plan import Plan


def predecessors(plan: Plan) -> dict[str, frozenset[str]]:
    """Item → every item that must be finished before it, over any number of edges."""
    return _predecessors(tuple((item.id, item.after) for item in plan.items))


@lru_cache(maxsize=512)
def _predecessors(edges: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, frozenset[str]]:
    direct = dict(edges)
    known: dict[str, frozenset[str]] = {}

    def before(item: str) -> frozenset[str]:
        if item not in known:
            known[item] = frozenset(direct[item]).union(*(before(earlier) for earlier in direct[item]))
        return known[item]

    for item in direct:
        before(item)
    return known


def precedes_pivot(plan: Plan, item_id: str) -> bool:
    """Whether the pivot cannot be reached without this item (the pivot itself included).

    False for every item of a plan without a pivot: there a failure stops only what comes after it.
    """
    before = predecessors(plan)
    return any(item.pivot and (item.id == item_id or item_id in before[item.id]) for item in plan.items)
