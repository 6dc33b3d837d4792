"""The item a command is about."""

from one_things.case import CaseState, ItemState
from one_things.faults import CommandRefused
from one_things.text import Text


def item_of(state: CaseState, item_id: str) -> ItemState:
    """The state of the item. Raises CommandRefused "item-unknown"."""
    if item_id not in state.items:
        raise CommandRefused("item-unknown", Text(zh="该办件没有这个事项。", en="The case has no such item."))
    return state.items[item_id]


def not_waiting(item_id: str) -> CommandRefused:
    """The refusal of a command for which the item is not ready."""
    return CommandRefused(
        "not-waiting",
        Text(zh=f"事项 {item_id} 当前不待此决定。", en=f"The item {item_id} is not awaiting this now."),
    )
