"""Whether a bundle makes sense: every mistake that its shape alone does not show, at the place where it stands.

A fault's ``field`` is the path into the file, such as ``items.3.requires.0``.
"""

from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from one_things.check_formulas import formula_faults, table_faults
from one_things.check_licences import licence_faults
from one_things.check_limits import limit_faults
from one_things.check_linked import linked_faults
from one_things.check_loose_ends import loose_ends
from one_things.check_materials import material_mistakes
from one_things.check_money import money_faults, payment_faults
from one_things.check_names import mistake, name_faults, option_faults, reference_faults, shared_data_faults
from one_things.check_papers import paper_faults
from one_things.check_parties import party_faults
from one_things.check_reach import possible
from one_things.check_starting import settled_faults, starting_faults
from one_things.conditions import condition_faults
from one_things.definition import Bundle, FormField, Item, Material, Party
from one_things.faults import Fault


def bundle_faults(bundle: Bundle) -> tuple[Fault, ...]:
    """Everything that is wrong with the bundle; nothing for a bundle that can run.

    What builds on names and conditions is only looked at once these are right.
    """
    faults = (
        *name_faults(bundle),
        *reference_faults(bundle),
        *shared_data_faults(bundle),
        *licence_faults(bundle),
        *option_faults(bundle),
        *table_faults(bundle),
        *formula_faults(bundle),
        *party_faults(bundle),
        *payment_faults(bundle),
        *_conditions(bundle),
        *_items(bundle),
        *limit_faults(bundle),
        *starting_faults(bundle),
        *material_mistakes(bundle),
        *paper_faults(bundle),
    )
    return (
        faults
        or tuple(_circle(bundle))
        or (
            *_order(bundle),
            *linked_faults(bundle, before_of(bundle)),
            *_reach(bundle),
            *money_faults(bundle, before_of(bundle)),
            *loose_ends(bundle),
            *settled_faults(bundle),
        )
    )


def _conditions(bundle: Bundle) -> Iterator[Fault]:
    situations = {situation.id: situation for situation in bundle.situations}
    conditions = [(f"rules.{place}.refuse_when", rule.refuse_when) for place, rule in enumerate(bundle.rules)]
    rooms: list[tuple[str, Sequence[FormField | Material | Item | Party]]] = [
        ("fields", bundle.fields),
        ("materials", bundle.materials),
        ("items", bundle.items),
        ("parties", bundle.parties),
    ]
    for room, entries in rooms:
        conditions += [
            (f"{room}.{place}.when", entry.when) for place, entry in enumerate(entries) if entry.when is not None
        ]
    conditions += [
        (f"items.{place}.limits_when.{number}.when", limits.when)
        for place, item in enumerate(bundle.items)
        for number, limits in enumerate(item.limits_when)
    ]
    for at, condition in conditions:
        yield from condition_faults(condition, situations, at)


def _items(bundle: Bundle) -> Iterator[Fault]:
    pivots = [place for place, item in enumerate(bundle.items) if item.pivot]
    for place in pivots[1:]:
        yield mistake(
            f"items.{place}.pivot",
            "pivot-twice",
            f"关键事项已是 {bundle.items[pivots[0]].id}。",
            f"{bundle.items[pivots[0]].id} is the pivot already.",
            "一件事只有一个关键事项。",
            "A bundle has one pivot: keep the one after which nothing can be undone.",
        )


def _circle(bundle: Bundle) -> Iterator[Fault]:
    edges = {item.id: (*item.requires, *item.after) for item in bundle.items}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as circle:
        members: list[str] = circle.args[1]
        place, item = next(entry for entry in enumerate(bundle.items) if entry[1].id == members[-1])
        relation = "requires" if members[-2] in item.requires else "after"
        number = getattr(item, relation).index(members[-2])
        way = " → ".join(members)
        yield mistake(
            f"items.{place}.{relation}.{number}",
            "circle",
            f"事项先后成环：{way}。",
            f"The order goes in a circle: {way}.",
            "请删去其中一个先后关系。",
            "Take one of these relations out.",
        )


def before_of(bundle: Bundle) -> dict[str, frozenset[str]]:
    """Item → every item that goes before it, in a bundle whose order has no circle."""
    edges = {item.id: (*item.requires, *item.after) for item in bundle.items}
    before: dict[str, frozenset[str]] = {}
    for item in TopologicalSorter(edges).static_order():
        before[item] = frozenset(edges[item]).union(*(before[earlier] for earlier in edges[item]))
    return before


def _order(bundle: Bundle) -> Iterator[Fault]:
    before = before_of(bundle)
    items = {item.id: item for item in bundle.items}
    pivots = {item.id for item in bundle.items if item.pivot}
    produced = {material.id: material.produced_by for material in bundle.materials}
    for place, item in enumerate(bundle.items):
        if item.undo is not None and (item.pivot or before[item.id] & pivots):
            yield mistake(
                f"items.{place}.undo",
                "undo-after-pivot",
                f"{item.id} 不在关键事项之前，不会被撤销。",
                f"{item.id} is not before the pivot, and from there on nothing is undone.",
                "请删去 undo。",
                "Leave undo out.",
            )
        if item.window is not None:
            notice = items[item.window.after_notice_of]
            if notice.notice is None or notice.id not in before[item.id]:
                yield mistake(
                    f"items.{place}.window.after_notice_of",
                    "window-without-notice",
                    f"{notice.id} 不是先于该事项的公告。",
                    f"{notice.id} is no public notice that goes before this item.",
                    "请指向先于该事项、带 notice 的事项。",
                    "Name an item with a notice that this one requires or comes after.",
                )
        for number, material in enumerate(item.materials):
            producer = produced[material]
            if producer is not None and producer not in before[item.id]:
                yield mistake(
                    f"items.{place}.materials.{number}",
                    "produced-later",
                    f"{material} 由 {producer} 产生，但该事项不在其后。",
                    f"{material} is the result of {producer}, which does not go before this item.",
                    f"请在 requires 中加入 {producer}。",
                    f"Add {producer} to what this item requires.",
                )


def _reach(bundle: Bundle) -> Iterator[Fault]:
    for place, item in enumerate(bundle.items):
        if item.when is not None and not possible(bundle, [item.when]):
            yield mistake(
                f"items.{place}.when",
                "unreachable",
                f"没有任何回答会用到 {item.id}。",
                f"No answers that are accepted ever lead to {item.id}.",
                "请核对该条件和拒绝规则。",
                "Compare the condition with the rules that refuse.",
            )
    yield from _never_asked(bundle, "fields", bundle.fields)
    yield from _never_asked(bundle, "materials", bundle.materials)


def _never_asked(bundle: Bundle, room: str, entries: Sequence[FormField | Material]) -> Iterator[Fault]:
    for place, entry in enumerate(entries):
        if entry.when is None:
            continue
        users = [item for item in bundle.items if entry.id in item.fields or entry.id in item.materials]
        if users and not any(possible(bundle, _both(entry.when, item)) for item in users):
            yield mistake(
                f"{room}.{place}.when",
                "unreachable",
                f"使用 {entry.id} 的事项与其条件不会同时成立。",
                f"{entry.id} is never asked for: its condition excludes every item that uses it.",
                "请核对该条件与事项的条件。",
                "Compare its condition with the conditions of these items.",
            )


def _both(condition: str, item: Item) -> list[str]:
    return [condition] if item.when is None else [condition, item.when]
