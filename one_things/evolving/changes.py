"""The small changes that most events are made of."""

from one_things.case import CaseState


def with_item(state: CaseState, item: str, **changes: object) -> CaseState:
    """The state with these fields of one item changed."""
    items = dict(state.items)
    items[item] = items[item].model_copy(update=changes)
    return state.model_copy(update={"items": items})


def counted(state: CaseState, item: str, decision_id: str) -> tuple[str, ...]:
    """The decisions of the item that counted, with this one."""
    return (*state.items[item].decision_ids, decision_id)
