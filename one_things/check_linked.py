"""Whether linked changes are where they can fail alone: after the pivot, with nothing behind them but their like."""

from collections.abc import Iterator, Mapping, Set

from one_things.check_names import mistake
from one_things.definition import Bundle
from one_things.faults import Fault


def linked_faults(bundle: Bundle, before: Mapping[str, Set[str]]) -> Iterator[Fault]:
    """Linked changes that something depends on; ``before`` holds, for each item, all that go before it."""
    pivots = {item.id for item in bundle.items if item.pivot}
    linked = {item.id for item in bundle.items if item.linked}
    for place, item in enumerate(bundle.items):
        if item.linked and not before[item.id] & pivots:
            yield mistake(
                f"items.{place}.linked",
                "linked-before-pivot",
                f"{item.id} 不在关键事项之后，不能单独失败。",
                f"{item.id} does not come after the pivot: before it, a failure stops the case.",
                "请在 after 或 requires 中列出关键事项，或删去 linked。",
                "Let it come after the pivot, or leave linked out.",
            )
        awaited = sorted(before[item.id] & linked)
        if awaited and not item.linked:
            yield mistake(
                f"items.{place}.id",
                "after-linked",
                f"{item.id} 在联动变更 {awaited[0]} 之后，会随它一起失败。",
                f"{item.id} comes after the linked change {awaited[0]} and would fail with it.",
                "请另排先后，或将其也设为 linked。",
                "Take it out of that order, or make it linked as well.",
            )
