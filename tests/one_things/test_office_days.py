"""A department's own days are told and are a calendar for warnings; they are nothing that a limit runs by."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from one_things.clock import OFFICIAL, DueDate, days_left, due_date
from one_things.office_days import OfficeDays

DAYS: TypeAdapter[OfficeDays] = TypeAdapter(OfficeDays)
REASON = {"zh": "搬迁（测试）", "en": "The office moves (test)"}
MOVING = {"from": "2026-06-04", "to": "2026-06-05", "reason": REASON}
SATURDAY = {"from": date(2026, 6, 6), "reason": {"zh": "周末延时服务（测试）", "en": "Open at the weekend (test)"}}
BOTH = DAYS.validate_python({"closed": [MOVING], "open": [SATURDAY]})


def told(today: str, until: str) -> list[tuple[str, str, str]]:
    notices = BOTH.notices(date.fromisoformat(today), date.fromisoformat(until))
    return [(one.kind, one.begins.isoformat(), one.last.isoformat()) for one in notices]


CLOSED, OPEN = ("closed", "2026-06-04", "2026-06-05"), ("open", "2026-06-06", "2026-06-06")


@pytest.mark.parametrize(
    ("today", "until", "notices"),
    [
        ("2026-06-01", "2026-06-03", []),
        ("2026-06-01", "2026-06-04", [CLOSED]),
        ("2026-06-05", "2026-06-30", [CLOSED, OPEN]),
        ("2026-06-06", "2026-06-30", [OPEN]),
        ("2026-06-07", "2026-06-30", []),
    ],
)
def test_what_is_told_lies_between_today_and_the_last_day(
    today: str, until: str, notices: list[tuple[str, str, str]]
) -> None:
    assert told(today, until) == notices


def test_closed_days_leave_fewer_days_and_open_ones_leave_no_more() -> None:
    due = DueDate(date=date(2026, 6, 8), provisional=False)
    tuesday = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)
    assert days_left(tuesday, due) == 4
    assert days_left(tuesday, due, calendar=BOTH.over(OFFICIAL)) == 2, "Wednesday and Monday"


def test_a_limit_is_not_reckoned_by_it() -> None:
    accepted = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)
    assert due_date(accepted, 3).date == date(2026, 6, 5), "a closed day, and the last one all the same"


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ({"from": "2026-06-05", "to": "2026-06-04"}, "days-end-first"),
        ({"from": "2026-06-05", "to": "2026-09-04"}, "days-too-many"),
        ({"from": 20260605}, "not-a-day"),
        ({"from": datetime(2026, 6, 5, tzinfo=UTC)}, "not-a-day"),
        ({"from": "next week"}, "date_from_datetime_parsing"),
    ],
)
def test_a_mistake_has_its_name(period: dict[str, object], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DAYS.validate_python({"closed": [{"reason": REASON, **period}]})
    assert [error["type"] for error in refused.value.errors()] == [code]
