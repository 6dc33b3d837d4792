"""Which items a case holds, and in which order: the choice of the applicant, closed over what it requires.

Items whose condition does not hold are left out. An order that led through an item left out is kept: of
``a → left out → b``, ``a → b`` remains.
"""

from collections.abc import Collection, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

from one_things.conditions import Answers, Unanswered
from one_things.definition import Bundle, Item


class Selection(NamedTuple):
    """The items of one case, in the order of the bundle's file."""

    items: tuple[Item, ...]
    after: dict[str, tuple[str, ...]]
    """Item → the items of this selection directly before it, without those that another of them comes after anyway."""
    came_along: dict[str, str]
    """Item that nobody chose → the item that requires it."""
    inapplicable: frozenset[str]
    """Items whose condition does not hold."""
    unanswered: frozenset[str]
    """Situations without an answer on which the selection depends; the items in doubt are left out."""


def select(bundle: Bundle, answers: Answers, chosen: Sequence[str] | None) -> Selection:
    """The selection that ``chosen`` leads to; None chooses every item. Ids that the bundle does not hold are ignored.

    Raises graphlib.CycleError for a bundle whose order goes in a circle.
    """
    by_id = {item.id: item for item in bundle.items}
    inapplicable: set[str] = set()
    unanswered: set[str] = set()
    came_along: dict[str, str] = {}
    selected: set[str] = set()
    waiting = [item_id for item_id in (by_id if chosen is None else chosen) if item_id in by_id]
    wanted = set(waiting)
    while waiting:
        item = by_id[waiting.pop()]
        if item.id in selected or item.id in inapplicable:
            continue
        try:
            applies = answers.meet(item.when)
        except Unanswered as doubt:
            unanswered.update(doubt.situations)
            applies = False
        if not applies:
            inapplicable.add(item.id)
            continue
        selected.add(item.id)
        for required in item.requires:
            if required not in wanted:
                came_along.setdefault(required, item.id)
            waiting.append(required)
    return Selection(
        items=tuple(item for item in bundle.items if item.id in selected),
        after=order_of(bundle, selected),
        came_along={item_id: by for item_id, by in came_along.items() if item_id in selected},
        inapplicable=frozenset(inapplicable),
        unanswered=frozenset(unanswered),
    )


def order_of(bundle: Bundle, selected: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Each selected item → the selected items directly before it, as in ``Selection.after``.

    Raises graphlib.CycleError for a bundle whose order goes in a circle.
    """
    edges: Mapping[str, tuple[str, ...]] = {item.id: (*item.requires, *item.after) for item in bundle.items}
    nearest: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for item_id in TopologicalSorter(edges).static_order():
        near: set[str] = set()
        for earlier in edges[item_id]:
            near |= {earlier} if earlier in selected else nearest[earlier]
        nearest[item_id] = near
        before[item_id] = near.union(*(before[earlier] for earlier in near))
    return {
        item.id: tuple(
            earlier.id
            for earlier in bundle.items
            if earlier.id in nearest[item.id]
            and not any(earlier.id in before[other] for other in nearest[item.id] if other != earlier.id)
        )
        for item in bundle.items
        if item.id in selected
    }
