"""What an applicant may change of an item that is under way, and what a correction notice asks for by name."""

from collections.abc import Iterable

from one_things.eligibility import PREFIX
from one_things.plan import Plan, PlannedItem


def correctable_fields(plan: Plan, item: str) -> tuple[str, ...]:
    """The form fields of the item that its applicant may change.

    Not those that a department holds, nor those that shared data was looked up by, nor those that something was
    reckoned from, which would be wrong then. Raises KeyError for an unknown item.
    """
    fixed = {field for lookup in plan.lookups for field in (lookup.by, *lookup.fields)}.union(plan.reckoned_from)
    return tuple(field for field in plan.item(item).fields if field not in fixed and not field.startswith(PREFIX))


def asked_by_name(planned: PlannedItem, named: Iterable[str]) -> tuple[str, ...] | None:
    """The fields and materials that the points of a notice name; None when a point names none of the item's.

    Such a point is about the item as a whole, and what answers it cannot be known: then all of it may be changed.
    """
    known = {*planned.fields, *planned.materials}
    names = tuple(dict.fromkeys(named))
    return names if names and known.issuperset(names) else None
