"""The clock against the official calendar: every due date below was counted by hand from the notice it names."""

import datetime as dt
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from one_things.clock import (
    OFFICIAL,
    SHANGHAI,
    CalendarYear,
    ClockFault,
    DueDate,
    Stop,
    calendar_end,
    days_left,
    deemed_accepted_on,
    due_date,
    end_of_day,
    is_over,
    published_until,
    recompute,
    shanghai_date,
    warning_date,
    window_end,
)


def moment(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def stop(since: str, until: str | None = None) -> Stop:
    return Stop(since=moment(since), until=None if until is None else moment(until, "15:00"))


# 国办发明电〔2023〕7号 (2024): 01-01; 02-10…02-17, worked 02-04 and 02-18; 04-04…04-06, worked 04-07; 05-01…05-05,
#   worked 04-28 and 05-11; 06-10; 09-15…09-17, worked 09-14; 10-01…10-07, worked 09-29 and 10-12.
# 国办发明电〔2024〕12号 (2025): 01-01; 01-28…02-04, worked 01-26 and 02-08; 04-04…04-06; 05-01…05-05, worked 04-27;
#   05-31…06-02; National Day with Mid-Autumn 10-01…10-08, worked 09-28 and 10-11.
# 国办发明电〔2025〕7号 (2026): 01-01…01-03, worked 01-04; 02-15…02-23, worked 02-14 and 02-28; 04-04…04-06;
#   05-01…05-05, worked 05-09; 06-19…06-21; Mid-Autumn 09-25…09-27; 10-01…10-07, worked 09-20 and 10-10.
BY_HAND = [
    ("2023-12-29", 1, "2024-01-02", "Friday before a New Year that joins the weekend"),
    ("2024-02-01", 5, "2024-02-07", "make-up Sunday 02-04 counts"),
    ("2024-02-07", 3, "2024-02-18", "New Year's Eve 02-09 was worked, then make-up Sunday after Spring Festival"),
    ("2024-04-03", 1, "2024-04-07", "Tomb-sweeping, make-up Sunday"),
    ("2024-04-26", 5, "2024-05-07", "Labour Day with the make-up Sunday before it"),
    ("2024-05-10", 1, "2024-05-11", "make-up Saturday"),
    ("2024-06-07", 1, "2024-06-11", "Dragon Boat Monday"),
    ("2024-09-12", 5, "2024-09-20", "5 working days from a Thursday over Mid-Autumn with a make-up Saturday"),
    ("2024-09-26", 5, "2024-10-09", "National Day with make-up Sunday 09-29"),
    ("2024-12-26", 5, "2025-01-03", "over the year end"),
    ("2024-12-31", 1, "2025-01-02", "a New Year on a Wednesday stands alone"),
    ("2025-01-24", 3, "2025-02-05", "Spring Festival with make-up Sunday 01-26"),
    ("2025-02-05", 3, "2025-02-08", "ends on a make-up Saturday"),
    ("2025-04-03", 2, "2025-04-08", "Tomb-sweeping without make-up"),
    ("2025-04-25", 5, "2025-05-06", "Labour Day with make-up Sunday 04-27"),
    ("2025-05-30", 1, "2025-06-03", "Dragon Boat at a weekend"),
    ("2025-09-25", 5, "2025-10-09", "National Day and Mid-Autumn are one holiday of 8 days"),
    ("2025-09-25", 20, "2025-10-29", "the 20 days of 行政许可法 42 over the same holiday, make-up Saturday 10-11"),
    ("2025-12-31", 2, "2026-01-05", "over the year end, make-up Sunday 2026-01-04"),
    ("2026-02-12", 3, "2026-02-24", "Spring Festival of 9 days, make-up Saturday before it"),
    ("2026-02-24", 4, "2026-02-28", "make-up Saturday after it"),
    ("2026-06-18", 1, "2026-06-22", "Dragon Boat at a weekend"),
    ("2026-09-18", 5, "2026-09-24", "make-up Sunday 09-20"),
    ("2026-09-24", 5, "2026-10-09", "Mid-Autumn and National Day, one week apart"),
    ("2026-09-24", 6, "2026-10-10", "ends on the make-up Saturday after National Day"),
    ("2026-09-24", 20, "2026-10-29", "20 days over both"),
    ("2026-12-24", 1, "2026-12-25", "the last days that the notice for 2026 settles"),
]


@pytest.mark.parametrize(("accepted", "days", "expected", "why"), BY_HAND, ids=[f"{a}+{d}" for a, d, _, _ in BY_HAND])
def test_due_date_counted_by_hand(accepted: str, days: int, expected: str, why: str) -> None:
    due = due_date(moment(accepted), days)
    assert due == DueDate(date=date.fromisoformat(expected), provisional=False), why


@pytest.mark.parametrize(("accepted", "days", "expected", "why"), BY_HAND, ids=[f"{a}+{d}" for a, d, _, _ in BY_HAND])
def test_the_library_counts_the_same(accepted: str, days: int, expected: str, why: str) -> None:
    first = date.fromisoformat(accepted) + timedelta(days=1)
    assert len(chinese_calendar.get_workdays(first, date.fromisoformat(expected))) == days, why
    assert chinese_calendar.is_workday(date.fromisoformat(expected)), why


def test_every_settled_day_agrees_with_the_library() -> None:
    day = date(2004, 1, 1)
    while day <= published_until():
        assert OFFICIAL.is_working_day(day) == (chinese_calendar.is_workday(day), False), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (datetime(2026, 9, 17, 15, 59, tzinfo=UTC), date(2026, 9, 18)),  # Thursday 23:59 in Shanghai
        (datetime(2026, 9, 17, 16, 0, tzinfo=UTC), date(2026, 9, 20)),  # Friday 00:00 in Shanghai; Sunday is worked
        (datetime(2026, 9, 17, 23, 0, tzinfo=timezone(timedelta(hours=-8))), date(2026, 9, 20)),  # Friday 15:00
        (datetime(2026, 9, 19, 3, 0, tzinfo=UTC), date(2026, 9, 20)),  # handed in online on a Saturday
    ],
)
def test_days_are_those_of_shanghai(accepted: datetime, expected: date) -> None:
    assert due_date(accepted, 1).date == expected


@pytest.mark.parametrize(
    ("accepted", "expected"), [("2026-03-04", "2026-03-04"), ("2026-03-07", "2026-03-09"), ("2026-05-09", "2026-05-09")]
)
def test_zero_days_are_due_the_same_day_or_the_next_working_day(accepted: str, expected: str) -> None:
    assert due_date(moment(accepted), 0).date == date.fromisoformat(expected)


def test_an_extension_adds_working_days() -> None:
    accepted = moment("2026-03-02")
    assert due_date(accepted, 20, extension_days=10) == due_date(accepted, 30)


# Accepted on Monday 2026-03-02 with 10 working days: day 1 is 03-03, without a stop day 10 is Monday 03-16.
STOPS = [
    ((), "2026-03-16", "no stop"),
    ((stop("2026-03-05", "2026-03-05"),), "2026-03-17", "one touched day"),
    ((stop("2026-03-05", "2026-03-10"),), "2026-03-20", "four working days, the weekend does not count anyway"),
    ((stop("2026-03-07", "2026-03-08"),), "2026-03-16", "a weekend"),
    ((stop("2026-03-05", "2026-03-10"), stop("2026-03-06", "2026-03-09")), "2026-03-20", "overlap counts once"),
    ((stop("2026-03-05", "2026-03-05"), stop("2026-03-11", "2026-03-12")), "2026-03-19", "two stops"),
    ((stop("2026-03-16", "2026-03-18"),), "2026-03-19", "begins on the last day"),
    ((stop("2026-03-02", "2026-03-03"),), "2026-03-17", "begins with acceptance"),
    ((stop("2026-02-24", "2026-02-27"),), "2026-03-16", "over before acceptance"),
    ((stop("2026-03-17", "2026-03-20"),), "2026-03-16", "after the last day"),
]


@pytest.mark.parametrize(("stops", "expected", "why"), STOPS, ids=[why for _, _, why in STOPS])
def test_a_stop_moves_the_date(stops: tuple[Stop, ...], expected: str, why: str) -> None:
    assert due_date(moment("2026-03-02"), 10, stops) == DueDate(date=date.fromisoformat(expected), provisional=False)


def test_while_a_stop_lasts_nothing_is_over_and_no_day_goes_by() -> None:
    stops = (stop("2026-03-05"),)
    due = due_date(moment("2026-03-02"), 10, stops)
    assert due == DueDate(date=date(2026, 3, 17), provisional=False, stopped_since=date(2026, 3, 5))
    assert [days_left(moment(day), due, stops) for day in ("2026-03-05", "2026-03-11", "2026-06-01")] == [8, 8, 8]
    assert not is_over(moment("2026-06-01"), due)


def test_after_the_stop_the_days_that_were_left_are_left() -> None:
    stops = (stop("2026-03-05", "2026-05-29"),)
    due = due_date(moment("2026-03-02"), 10, stops)
    assert due.stopped_since is None
    assert days_left(moment("2026-05-29"), due, stops) == 8
    assert due.date == date(2026, 6, 10)  # 8 working days from Friday 05-29: 06-01…06-05, 06-08…06-10


def test_a_stop_that_began_too_late_saves_nothing() -> None:
    due = due_date(moment("2026-03-02"), 10, (stop("2026-03-17"),))
    assert due == DueDate(date=date(2026, 3, 16), provisional=False)
    assert is_over(moment("2026-03-18"), due)


def test_a_stop_older_than_acceptance_leaves_the_whole_limit() -> None:
    stops = (stop("2026-02-24"),)
    due = due_date(moment("2026-03-02"), 10, stops)
    assert due.stopped_since == date(2026, 3, 2)
    assert days_left(moment("2026-04-01"), due, stops) == 10


@pytest.mark.parametrize(
    ("now", "left", "over"),
    [
        ("2026-09-23", 4, False),  # 09-24, then Mid-Autumn, 09-28, 09-29, 09-30
        ("2026-09-25", 3, False),
        ("2026-09-29", 1, False),
        ("2026-09-30", 0, False),
        ("2026-10-01", 0, True),  # over, though no working day has passed yet
        ("2026-10-07", 0, True),
        ("2026-10-08", -1, True),
        ("2026-10-10", -3, True),  # the make-up Saturday
    ],
)
def test_days_left_and_over(now: str, left: int, over: bool) -> None:
    due = DueDate(date=date(2026, 9, 30), provisional=False)
    assert (days_left(moment(now), due), is_over(moment(now), due)) == (left, over)


def test_the_limit_lasts_to_the_end_of_its_day() -> None:
    due = DueDate(date=date(2026, 9, 30), provisional=False)
    assert due.ends_at == datetime(2026, 9, 30, 16, 0, tzinfo=UTC)
    assert due.ends_at == end_of_day(due.date)
    assert not is_over(due.ends_at - timedelta(microseconds=1), due)
    assert is_over(due.ends_at, due)


@pytest.mark.parametrize(("before", "expected"), [(0, "2026-10-09"), (1, "2026-10-08"), (2, "2026-09-30")])
def test_a_warning_comes_working_days_before(before: int, expected: str) -> None:
    due = DueDate(date=date(2026, 10, 9), provisional=False)
    assert warning_date(due, before) == date.fromisoformat(expected)


# Handed in on Thursday 2026-09-24: the 5 working days of 行政许可法 32 end with Friday 10-09.
@pytest.mark.parametrize(
    ("now", "noticed", "expected"),
    [
        ("2026-10-09", None, None),
        ("2026-10-10", None, "2026-09-24"),
        ("2026-10-10", "2026-10-09", None),
        ("2026-10-12", "2026-10-10", "2026-09-24"),
        ("2026-10-08", "2026-10-08", None),
    ],
)
def test_silence_is_acceptance_from_the_day_of_hand_in(now: str, noticed: str | None, expected: str | None) -> None:
    answer = deemed_accepted_on(moment("2026-09-24"), moment(now), None if noticed is None else moment(noticed))
    assert answer == (None if expected is None else date.fromisoformat(expected))


def test_a_public_notice_runs_in_calendar_days_to_the_end_of_its_last() -> None:
    end = calendar_end(moment("2026-09-11", "16:30"), 20)
    assert end == date(2026, 10, 1)  # a holiday: it ends there all the same
    assert end_of_day(end) == datetime(2026, 10, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("notice_end", "expected", "provisional"),
    [
        ("2026-03-02", "2026-03-23", False),  # the 20th day is Sunday 03-22
        ("2026-03-04", "2026-03-24", False),
        ("2026-09-14", "2026-10-08", False),  # the 20th day is 10-04, within National Day
        ("2026-09-20", "2026-10-10", False),  # a Saturday, but worked
        ("2026-12-12", "2027-01-04", True),  # New Year's Day is free whatever the notice will say
    ],
)
def test_a_window_closes_on_a_working_day(notice_end: str, expected: str, provisional: bool) -> None:
    due = window_end(date.fromisoformat(notice_end), 20)
    assert due == DueDate(date=date.fromisoformat(expected), provisional=provisional)


NOTICE_2027 = CalendarYear(
    year=2027,
    notice="an example, not the official notice",
    free_days=tuple(date(2027, 1, day) for day in range(1, 5)),
    make_up_days=(),
)


def test_beyond_the_published_calendar_a_date_is_provisional_until_recomputed() -> None:
    start, days = moment("2026-12-24"), 6
    due = due_date(start, days)
    assert due == DueDate(date=date(2027, 1, 4), provisional=True)
    assert recompute(due, start, days, calendar=OFFICIAL) == due
    known = OFFICIAL.with_years(CalendarYear.model_validate_json(NOTICE_2027.model_dump_json()))
    assert recompute(due, start, days, calendar=known) == DueDate(date=date(2027, 1, 5), provisional=False)
    assert published_until(known) == date(2027, 12, 27)


def test_the_last_days_of_the_last_year_wait_for_the_next_notice() -> None:
    assert published_until() == date(2026, 12, 27)
    assert due_date(moment("2026-12-25"), 1) == DueDate(date=date(2026, 12, 28), provisional=True)
    # As the notice for 2019 (国办发明电〔2018〕15号) did: Saturday 12-29 worked, Monday 12-31 free.
    assert OFFICIAL.is_working_day(date(2018, 12, 29)) == (True, False)
    assert OFFICIAL.is_working_day(date(2018, 12, 31)) == (False, False)


def test_a_promised_date_is_not_moved() -> None:
    due = DueDate(date=date(2026, 12, 25), provisional=False)
    assert recompute(due, moment("2026-12-24"), 5, calendar=OFFICIAL) is due


def test_a_year_out_of_order_does_not_hide_the_gap() -> None:
    with_gap = OFFICIAL.with_years(CalendarYear(year=2028, free_days=(), make_up_days=()))
    assert published_until(with_gap) == date(2026, 12, 27)
    assert with_gap.is_working_day(date(2027, 3, 1)) == (True, True)


def test_a_later_notice_for_a_known_year_replaces_the_first() -> None:
    # 2020 Spring Festival was prolonged to 02-02 by 国办发明电〔2020〕1号.
    prolonged = OFFICIAL.with_years(CalendarYear(year=2026, free_days=(date(2026, 2, 24),), make_up_days=()))
    assert prolonged.is_working_day(date(2026, 2, 24)) == (False, False)
    assert OFFICIAL.is_working_day(date(2026, 2, 24)) == (True, False)


@pytest.mark.parametrize(
    ("free", "made_up"),
    [
        ((date(2026, 1, 1),), ()),  # settled by the notice for 2026
        ((date(2027, 12, 28),), ()),  # settled by the notice for 2028
        ((), (date(2027, 1, 4),)),  # a Monday needs no make-up
        ((date(2027, 1, 3),), (date(2027, 1, 3),)),
    ],
)
def test_a_calendar_year_refuses_days_that_cannot_be(free: tuple[date, ...], made_up: tuple[date, ...]) -> None:
    with pytest.raises(ValidationError):
        CalendarYear(year=2027, free_days=free, make_up_days=made_up)


def test_faults_carry_a_code() -> None:
    with pytest.raises(ClockFault) as naive:
        shanghai_date(datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001
    assert naive.value.code == "naive-moment"
    for reckon in (
        lambda: due_date(moment("2026-03-02"), -1),
        lambda: due_date(moment("2026-03-02"), 5, extension_days=-1),
        lambda: calendar_end(moment("2026-03-02"), -1),
        lambda: window_end(date(2026, 3, 2), -1),
    ):
        with pytest.raises(ClockFault) as negative:
            reckon()
        assert negative.value.code == "negative-days"


def test_a_stop_cannot_end_before_it_began() -> None:
    with pytest.raises(ValidationError):
        stop("2026-03-05", "2026-03-04")


def test_the_calendar_is_asked_once_for_each_day_and_for_none_in_a_stop() -> None:
    asked: list[date] = []

    class EveryDayWorked:
        def is_working_day(self, day: date) -> tuple[bool, bool]:
            asked.append(day)
            return True, False

    due = due_date(moment("2026-03-02"), 5, (stop("2026-03-04", "2026-03-05"),), calendar=EveryDayWorked())
    assert due.date == date(2026, 3, 9)
    assert [day.day for day in asked] == [3, 6, 7, 8, 9]


starts = st.datetimes(datetime(2019, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
limits = st.integers(0, 60)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault


@st.composite
def stops_near(draw: st.DrawFn, start: datetime) -> tuple[Stop, ...]:
    stops = []
    for begins, lasts in draw(st.lists(st.tuples(st.integers(-10, 90), st.none() | st.integers(0, 40)), max_size=4)):
        since = start + timedelta(days=begins)
        stops.append(Stop(since=since, until=None if lasts is None else since + timedelta(days=lasts)))
    return tuple(stops)


@unhurried
@given(st.data(), starts)
def test_more_days_never_fall_earlier(data: st.DataObject, start: datetime) -> None:
    stops = data.draw(stops_near(start))
    dates = [due_date(start, days, stops).date for days in range(40)]
    assert all(earlier <= later for earlier, later in pairwise(dates))
    assert all(earlier < later for earlier, later in pairwise(dates[1:]))


@unhurried
@given(st.data(), starts, limits)
def test_never_due_on_a_day_off_or_in_a_stop(data: st.DataObject, start: datetime, days: int) -> None:
    stops = data.draw(stops_near(start))
    due = due_date(start, days, stops)
    assert OFFICIAL.is_working_day(due.date)[0]
    assert due.date >= shanghai_date(start)
    for halt in stops:
        assert not shanghai_date(halt.since) <= due.date <= shanghai_date(halt.until or halt.since)


@unhurried
@given(st.data(), starts, limits)
def test_a_stop_never_shortens(data: st.DataObject, start: datetime, days: int) -> None:
    stops = data.draw(stops_near(start))
    dates = [due_date(start, days, stops[:count]).date for count in range(len(stops) + 1)]
    assert all(earlier <= later for earlier, later in pairwise(dates))


@unhurried
@given(st.data(), starts, st.integers(1, 30), st.integers(0, 30))
def test_counting_on_from_a_due_date_is_counting_all_at_once(
    data: st.DataObject, start: datetime, days: int, more: int
) -> None:
    stops = data.draw(stops_near(start))
    halfway = datetime.combine(due_date(start, days, stops).date, dt.time(12), SHANGHAI)
    assert due_date(halfway, more, stops).date == due_date(start, days + more, stops).date


@unhurried
@given(st.data(), starts, st.integers(1, 60))
def test_on_the_day_of_acceptance_all_days_are_left(data: st.DataObject, start: datetime, days: int) -> None:
    stops = data.draw(stops_near(start))
    due = due_date(start, days, stops)
    assert days_left(start, due, stops) == days
    assert not is_over(start, due)


@unhurried
@given(starts, limits)
def test_provisional_exactly_when_a_counted_day_is_unpublished(start: datetime, days: int) -> None:
    due = due_date(start, days)
    assert due.provisional == (due.date > published_until())


@unhurried
@given(starts, limits)
def test_a_due_date_survives_its_record(start: datetime, days: int) -> None:
    due = due_date(start, days)
    assert DueDate.model_validate_json(due.model_dump_json()) == due
