"""Versions of one bundle: which of them is in force on a day, and what is said when none is."""

from datetime import date

import pytest

from one_things.definition import Bundle
from one_things.planning import application_faults
from one_things.versions import in_force, to_judge_by
from tests.one_things.given import EXIT, an_application


def a_version(version: str, valid_from: str, valid_until: str | None = None) -> Bundle:
    until = date.fromisoformat(valid_until) if valid_until else None
    changes = {"version": version, "valid_from": date.fromisoformat(valid_from), "valid_until": until}
    return EXIT.model_copy(update=changes)


OLD = a_version("2026.1", "2026-01-01", "2026-06-30")
NEW = a_version("2026.2", "2026-07-01")
NEWER = a_version("2026.10", "2026-07-01")
GAP = (a_version("2025.1", "2025-01-01", "2025-12-31"), a_version("2027.1", "2027-01-01"))


@pytest.mark.parametrize(
    ("versions", "day", "version"),
    [
        ((OLD, NEW), "2026-01-01", "2026.1"),
        ((OLD, NEW), "2026-06-30", "2026.1"),
        ((OLD, NEW), "2026-07-01", "2026.2"),
        ((NEWER, OLD, NEW), "2026-07-01", "2026.10"),
        ((a_version("2026.1", "2026-01-01"), NEW), "2026-08-01", "2026.2"),
        ((OLD, NEW), "2025-12-31", None),
        (GAP, "2026-05-05", None),
    ],
)
def test_the_newest_that_is_valid_is_in_force(versions: tuple[Bundle, ...], day: str, version: str | None):
    found = in_force(versions, date.fromisoformat(day))

    assert (found.version if found else None) == version


@pytest.mark.parametrize(
    ("versions", "day", "version", "code"),
    [
        (GAP, "2024-12-31", "2025.1", "bundle-not-valid-yet"),
        (GAP, "2026-05-05", "2027.1", "bundle-not-valid-yet"),
        ((OLD,), "2026-07-01", "2026.1", "bundle-not-valid-any-more"),
    ],
)
def test_while_none_is_in_force_the_dates_of_the_next_or_the_last_say_why(
    versions: tuple[Bundle, ...], day: str, version: str, code: str
):
    bundle = to_judge_by(versions, date.fromisoformat(day))

    (fault,) = application_faults(bundle, an_application(), date.fromisoformat(day))
    assert (bundle.version, fault.field, fault.code) == (version, "bundle", code)


def test_the_last_day_counts():
    assert application_faults(OLD, an_application(), date(2026, 6, 30)) == ()
