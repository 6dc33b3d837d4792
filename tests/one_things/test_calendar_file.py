"""A holiday notice as a file: read as it stands, and every mistake found at its line."""

from datetime import date

import pytest

from one_things.calendar_file import parse_calendar
from one_things.clock import OFFICIAL, due_date
from one_things.yaml_file import FileRefused
from tests.one_things.clock_stories import moment

# An example, not the official notice.
NOTICE = """\
year: 2027
notice: 测试通知〔2026〕1号
free_days:
  - 2027-01-01
  - 2027-01-02
  - 2027-01-03
  - 2027-05-01
  - 2027-05-02
  - 2027-10-01
  - 2027-10-02
  - 2027-10-03
make_up_days:
  - 2027-01-09
"""


def test_what_is_published_settles_its_year() -> None:
    year = parse_calendar(NOTICE, "2027.yaml")
    known = OFFICIAL.with_years(year)
    assert known.published_until() == date(2027, 12, 27)
    assert due_date(moment("2027-01-08"), 1, calendar=known).date == date(2027, 1, 9), "a make-up Saturday"
    assert not due_date(moment("2026-12-30"), 3, calendar=known).provisional
    assert year.notice == "测试通知〔2026〕1号"


def test_json_is_read_as_well() -> None:
    text = parse_calendar(NOTICE, "2027.yaml").model_dump_json()
    assert parse_calendar(text, "2027.json") == parse_calendar(NOTICE, "2027.yaml")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "code"),
    [
        ("  - 2027-01-02\n", "  - 2026-01-02\n", 5, "day-of-another-year"),
        ("  - 2027-01-03\n", "  - 2027-12-28\n", 6, "day-of-another-year"),
        ("  - 2027-01-03\n", "  - 2027-01-02\n", 6, "day-twice"),
        ("  - 2027-01-09\n", "  - 2027-01-08\n", 13, "make-up-on-a-weekday"),
        ("  - 2027-01-09\n", "  - 2027-01-03\n", 13, "day-free-and-worked"),
        ("  - 2027-05-02\n", "", 3, "holiday-missing"),
        ("notice: 测试通知〔2026〕1号\n", "", 1, "model-missing"),
        ("  - 2027-01-09\n", "  - Saturday\n", 13, "model-date-from-datetime-parsing"),
        ("year: 2027", "yaer: 2027", 1, "model-extra-forbidden"),
    ],
)
def test_a_mistake_is_found_at_its_line(right: str, wrong: str, line: int, code: str) -> None:
    text = NOTICE.replace(right, wrong, 1)
    assert text != NOTICE
    with pytest.raises(FileRefused) as refused:
        parse_calendar(text, "2027.yaml")
    assert (line, code) in [(fault.line, fault.code) for fault in refused.value.faults]
    assert all(fault.fix.zh and fault.fix.en for fault in refused.value.faults)


def test_all_mistakes_are_listed_at_once() -> None:
    text = NOTICE.replace("2027-01-09", "2027-01-08").replace("2027-10-01", "2026-10-01")
    with pytest.raises(FileRefused) as refused:
        parse_calendar(text, "2027.yaml")
    assert [fault.code for fault in refused.value.faults] == [
        "holiday-missing",
        "day-of-another-year",
        "make-up-on-a-weekday",
    ]
