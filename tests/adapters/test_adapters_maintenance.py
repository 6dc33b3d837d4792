"""Until when a department is in maintenance."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter

from adapters.configuration.maintenance import MaintenanceWindow, OnceAway, WeeklyAway, away_until

_WINDOWS: TypeAdapter[tuple[OnceAway | WeeklyAway, ...]] = TypeAdapter(tuple[MaintenanceWindow, ...])
_CHINA = timezone(timedelta(hours=8))


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=_CHINA)


def until(moment: str, *windows: dict[str, object]) -> datetime | None:
    return away_until(_WINDOWS.validate_python(windows), china(moment).astimezone(UTC))


ONCE = {"from": "2026-12-01T22:00+08:00", "to": "2026-12-02T06:00+08:00"}
WEEKEND_NIGHTS = {"days": ["sat", "sun"], "from": "22:00", "to": "02:00"}
BY_DAY = {"days": ["wed"], "from": "06:00", "to": "07:30"}


@pytest.mark.parametrize(
    ("moment", "windows", "ends"),
    [
        ("2026-12-01T21:59", [ONCE], None),
        ("2026-12-01T22:00", [ONCE], "2026-12-02T06:00"),
        ("2026-12-02T05:59", [ONCE], "2026-12-02T06:00"),
        ("2026-12-02T06:00", [ONCE], None),
        # 5 December 2026 is a Saturday
        ("2026-12-05T21:59", [WEEKEND_NIGHTS], None),
        ("2026-12-05T22:00", [WEEKEND_NIGHTS], "2026-12-06T02:00"),
        ("2026-12-06T01:59", [WEEKEND_NIGHTS], "2026-12-06T02:00"),
        ("2026-12-07T01:00", [WEEKEND_NIGHTS], "2026-12-07T02:00"),
        ("2026-12-05T01:00", [WEEKEND_NIGHTS], None),
        ("2026-12-08T01:00", [WEEKEND_NIGHTS], None),
        # windows that touch are one: 2 December 2026 is a Wednesday
        ("2026-12-01T23:00", [ONCE, BY_DAY], "2026-12-02T07:30"),
        ("2026-12-01T23:00", [], None),
    ],
)
def test_the_end_of_maintenance(moment: str, windows: list[dict[str, object]], ends: str | None) -> None:
    assert until(moment, *windows) == (None if ends is None else china(ends))


def test_a_department_that_is_always_away_is_asked_again_some_day() -> None:
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    always = [{"days": days, "from": "00:00", "to": "12:00"}, {"days": days, "from": "12:00", "to": "00:00"}]
    end = until("2026-12-01T22:00", *always)
    assert end is not None
    assert china("2026-12-01T22:00") < end < china("2027-12-01T22:00")
