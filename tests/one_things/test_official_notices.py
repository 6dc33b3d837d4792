"""The holiday notices of 2024, 2025 and 2026 written down by hand, and due dates counted by hand from them.

Nothing here is taken from the library that the product reads them from: it is what the library is judged by.
"""

from datetime import date, timedelta

import pytest

from one_things.clock import OFFICIAL, CalendarYear, PublishedCalendar, due_date
from tests.one_things.clock_stories import moment


def days(first: str, last: str | None = None) -> tuple[date, ...]:
    """Every day from ``first`` to ``last``."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return tuple(begin + timedelta(days=ahead) for ahead in range((end - begin).days + 1))


def worked(*made_up: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, made_up))


BY_HAND = PublishedCalendar(
    (
        CalendarYear(
            year=2024,
            notice="国办发明电〔2023〕7号",
            free_days=(
                *days("2024-01-01"),  # 元旦
                *days("2024-02-10", "2024-02-17"),  # 春节
                *days("2024-04-04", "2024-04-06"),  # 清明节
                *days("2024-05-01", "2024-05-05"),  # 劳动节
                *days("2024-06-10"),  # 端午节
                *days("2024-09-15", "2024-09-17"),  # 中秋节
                *days("2024-10-01", "2024-10-07"),  # 国庆节
            ),
            make_up_days=worked(
                "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11",
                "2024-09-14", "2024-09-29", "2024-10-12",
            ),
        ),
        CalendarYear(
            year=2025,
            notice="国办发明电〔2024〕12号",
            free_days=(
                *days("2025-01-01"),
                *days("2025-01-28", "2025-02-04"),
                *days("2025-04-04", "2025-04-06"),
                *days("2025-05-01", "2025-05-05"),
                *days("2025-05-31", "2025-06-02"),
                *days("2025-10-01", "2025-10-08"),  # 国庆节、中秋节
            ),
            make_up_days=worked("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
        ),
        CalendarYear(
            year=2026,
            notice="国办发明电〔2025〕7号",
            free_days=(
                *days("2026-01-01", "2026-01-03"),
                *days("2026-02-15", "2026-02-23"),
                *days("2026-04-04", "2026-04-06"),
                *days("2026-05-01", "2026-05-05"),
                *days("2026-06-19", "2026-06-21"),
                *days("2026-09-25", "2026-09-27"),
                *days("2026-10-01", "2026-10-07"),
            ),
            make_up_days=worked("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
        ),
    )
)  # fmt: skip

DUE = [
    ("2023-12-29", 2, "2024-01-03", "New Year on a Monday"),
    ("2024-02-02", 10, "2024-02-21", "Spring Festival with a make-up Sunday on either side"),
    ("2024-02-09", 1, "2024-02-18", "New Year's Eve was worked; the next working day is a Sunday"),
    ("2024-04-03", 2, "2024-04-08", "Tomb-sweeping, make-up Sunday"),
    ("2024-04-28", 2, "2024-04-30", "accepted on a make-up Sunday"),
    ("2024-04-30", 6, "2024-05-11", "Labour Day, ends on a make-up Saturday"),
    ("2024-06-07", 1, "2024-06-11", "Dragon Boat"),
    ("2024-09-13", 1, "2024-09-14", "the make-up Saturday before Mid-Autumn"),
    ("2024-09-14", 1, "2024-09-18", "Mid-Autumn"),
    ("2024-09-30", 5, "2024-10-12", "National Day, ends on a make-up Saturday"),
    ("2024-12-25", 20, "2025-01-23", "20 days over the year end"),
    ("2025-01-20", 10, "2025-02-08", "Spring Festival, make-up Sunday and Saturday"),
    ("2025-04-03", 1, "2025-04-07", "Tomb-sweeping at a weekend"),
    ("2025-04-25", 6, "2025-05-07", "make-up Sunday before Labour Day"),
    ("2025-05-30", 2, "2025-06-04", "Dragon Boat"),
    ("2025-08-25", 45, "2025-10-31", "the 45 days of joint handling over National Day with Mid-Autumn"),
    ("2025-09-26", 4, "2025-10-09", "National Day and Mid-Autumn in one"),
    ("2025-09-30", 3, "2025-10-11", "ends on the make-up Saturday after them"),
    ("2025-12-26", 5, "2026-01-05", "year end, make-up Sunday"),
    ("2026-01-03", 1, "2026-01-04", "handed in online on a day off"),
    ("2026-02-10", 10, "2026-03-02", "Spring Festival of nine days, make-up Saturday on either side"),
    ("2026-02-13", 2, "2026-02-24", "the make-up Saturday and the day after the festival"),
    ("2026-04-03", 1, "2026-04-07", "Tomb-sweeping with a Monday"),
    ("2026-04-30", 4, "2026-05-09", "Labour Day, ends on a make-up Saturday"),
    ("2026-06-18", 2, "2026-06-23", "Dragon Boat"),
    ("2026-09-18", 6, "2026-09-28", "make-up Sunday, then Mid-Autumn"),
    ("2026-09-30", 3, "2026-10-10", "National Day, ends on a make-up Saturday"),
    ("2026-11-23", 20, "2026-12-21", "20 days without a holiday"),
]


@pytest.mark.parametrize("calendar", [OFFICIAL, BY_HAND], ids=["product", "by hand"])
@pytest.mark.parametrize(("accepted", "limit", "expected", "why"), DUE, ids=[f"{a}+{d}" for a, d, _, _ in DUE])
def test_a_due_date_counted_by_hand(
    accepted: str, limit: int, expected: str, why: str, calendar: PublishedCalendar
) -> None:
    due = due_date(moment(accepted), limit, calendar=calendar)
    assert (due.date.isoformat(), due.provisional) == (expected, False), why


def test_every_day_of_three_years_is_worked_or_free_as_the_notices_say() -> None:
    wrong = [
        day for day in days("2023-12-28", "2026-12-27") if OFFICIAL.is_working_day(day) != BY_HAND.is_working_day(day)
    ]
    assert wrong == []


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_working_days_of_a_year(year: int, working_days: int) -> None:
    counted = sum(OFFICIAL.is_working_day(day)[0] for day in days(f"{year}-01-01", f"{year}-12-27"))
    # The last days of December are settled by the next notice; none of these three moves one of them.
    rest = sum(day.weekday() < 5 for day in days(f"{year}-12-28", f"{year}-12-31"))
    assert counted + rest == working_days
