"""Versions of one bundle side by side: which of them an application is judged by."""

from collections.abc import Iterable
from datetime import date

from one_things.definition import Bundle


def version_order(bundle: Bundle) -> tuple[date, tuple[int, ...]]:
    """By what the versions of one bundle are ordered: the first day they are valid, then year and number."""
    return bundle.valid_from, tuple(int(part) for part in bundle.version.split("."))


def is_valid(bundle: Bundle, day: date) -> bool:
    """Whether this version can be applied for on this day."""
    return bundle.valid_from <= day and (bundle.valid_until is None or day <= bundle.valid_until)


def in_force(versions: Iterable[Bundle], day: date) -> Bundle | None:
    """The newest version that can be applied for on this day; overlapping ones are no mistake."""
    valid = [bundle for bundle in versions if is_valid(bundle, day)]
    return max(valid, key=version_order, default=None)


def to_judge_by(versions: Iterable[Bundle], day: date) -> Bundle:
    """The version in force; while none is, the next to come, or else the last there was, whose dates say why not.

    Raises ValueError when there is no version at all.
    """
    known = sorted(versions, key=version_order)
    if not known:
        raise ValueError("there is no version to judge by")
    to_come = [bundle for bundle in known if bundle.valid_from > day]
    return in_force(known, day) or (to_come[0] if to_come else known[-1])
