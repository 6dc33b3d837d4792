"""A bundle's order as text: what goes side by side, what waits for what, and where the pivot lies.

Lines, not columns, so that no id is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

from one_things.definition import Bundle, Item
from one_things.selection import Selection, order_of


def outline(bundle: Bundle, selection: Selection | None = None) -> Iterator[str]:
    """One paragraph for each step of items that go side by side; all items, or only those of ``selection``."""
    items = {item.id: item for item in bundle.items}
    after = order_of(bundle, items.keys()) if selection is None else selection.after
    order = TopologicalSorter(after)
    order.prepare()
    step = 0
    while order.is_active():
        step += 1
        together = sorted(order.get_ready(), key=list(items).index)
        yield f"step {step}"
        for item_id in together:
            item = items[item_id]
            yield f"  {'★' if item.pivot else '·'} {item.title.zh}  {item.id}  ({item.department}, {takes(item)})"
            if item.when is not None and selection is None:
                yield f"      only if {item.when}"
            if after[item_id]:
                yield f"      after {', '.join(after[item_id])}"
            for fact in _facts(item):
                yield f"      {fact}"
        order.done(*together)
    yield "★ the pivot: nothing is undone after it"


def takes(item: Item) -> str:
    """How long the item takes by its promise."""
    if item.notice is not None:
        return f"{item.notice.calendar_days} days of notice"
    if item.limits is None:
        return "no limit"
    return _working_days(item.limits.committed)


def _working_days(days: int) -> str:
    return f"{days} working day{'s' if days > 1 else ''}"


def _facts(item: Item) -> Iterator[str]:
    """What else an item is, in the order in which it happens."""
    if item.signing is not None:
        yield f"signed before by {', '.join(item.signing.parties)} within {item.signing.calendar_days} days"
    if item.window is not None:
        yield f"handed in within {item.window.calendar_days} days after {item.window.after_notice_of}, or it lapses"
    for limits in item.limits_when:
        yield f"{_working_days(limits.committed)} if {limits.when}"
    for procedure in item.procedures:
        yield f"may stop for {procedure.id}, {_working_days(procedure.working_days)}"
    payment = item.payment
    if payment is not None:
        who = f"to {payment.payee}" if payment.role == "release" else f"by {payment.payer}"
        yield f"{payment.role} {who}: {payment.amount or 'what remains'}"
    if item.atomic:
        yield f"all {len(item.results)} results or none"
    if item.linked:
        yield "fails alone"
