"""The clock of an item: working days, stops, extensions, deemed acceptance, public notices and their windows.

Every limit is counted in **days of Asia/Shanghai**, never in hours: "5 working days from Thursday" is a date. The
first day never counts (民法典 201), a limit ends with the end of its last day, and working days follow the official
calendar with its make-up workdays (行政许可法 82). The calendar is a value passed in; nothing here reads the time.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple, Protocol, Self
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]
from pydantic import AwareDatetime, model_validator

from one_things.faults import DomainError
from one_things.model import Record

SHANGHAI = ZoneInfo("Asia/Shanghai")
CORRECTION_NOTICE_WORKING_DAYS = 5
"""行政许可法 32(4): later than this a correction notice no longer prevents acceptance."""

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_DECEMBER = 12
_TURN_OF_YEAR = 28


class ClockFault(DomainError):
    """A limit that cannot be reckoned: ``naive-moment`` (no time zone) or ``negative-days``."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class DayKind(NamedTuple):
    """Whether a day is worked, and whether a calendar that is not published yet may still change that."""

    working: bool
    provisional: bool


class WorkingCalendar(Protocol):
    """Which days are worked. Anything that answers this can be handed in, such as a calendar read from data."""

    def is_working_day(self, day: date) -> tuple[bool, bool]:
        """(is it worked, is that provisional)."""
        ...


class CalendarYear(Record):
    """The holiday notice of the State Council for one year, as data.

    It settles the days from 28 December of the year before to 27 December of ``year``: a New Year holiday may pull in
    the last days of the old year, as that of 2019 did (Saturday 2018-12-29 worked, Monday 2018-12-31 free).
    """

    year: int
    notice: str = ""
    """The number of the notice, such as 国办发明电〔2025〕7号."""
    free_days: tuple[date, ...]
    """Every day off that the notice names, weekends within a holiday may be among them."""
    make_up_days: tuple[date, ...]
    """Saturdays and Sundays that are worked in exchange."""

    @model_validator(mode="after")
    def _of_its_year(self) -> Self:
        for day in (*self.free_days, *self.make_up_days):
            if notice_year(day) != self.year:
                raise ValueError(f"{day} is not settled by the notice for {self.year}")
        for day in self.make_up_days:
            if day.weekday() < _SATURDAY or day in self.free_days:
                raise ValueError(f"{day} cannot be a make-up workday")
        return self


FREE_EVERY_YEAR = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""New Year, Labour Day and National Day, free by law whatever a notice says (全国年节及纪念日放假办法 2)."""
_SETTLED = {working: DayKind(working, provisional=False) for working in (True, False)}
_PROVISIONAL = {working: DayKind(working, provisional=True) for working in (True, False)}


class PublishedCalendar:
    """The official calendar as far as it is published; beyond it weekdays are worked, provisionally."""

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        self._by_year = {year.year: year for year in years}
        self._free = frozenset(day for year in self._by_year.values() for day in year.free_days)
        self._made_up = frozenset(day for year in self._by_year.values() for day in year.make_up_days)

    def with_years(self, *years: CalendarYear) -> "PublishedCalendar":
        """The same calendar with more years, or with other notices for years it had: no release is needed."""
        return PublishedCalendar((self._by_year | {year.year: year for year in years}).values())

    def is_working_day(self, day: date) -> DayKind:
        """See :class:`WorkingCalendar`."""
        if notice_year(day) not in self._by_year:
            return _PROVISIONAL[day.weekday() < _SATURDAY and (day.month, day.day) not in FREE_EVERY_YEAR]
        return _SETTLED[day in self._made_up or (day.weekday() < _SATURDAY and day not in self._free)]

    def published_until(self) -> date:
        """The last day that no further notice can change; beyond it due dates are provisional."""
        year = next(year for year in sorted(self._by_year) if year + 1 not in self._by_year)
        return date(year, _DECEMBER, _TURN_OF_YEAR) - _ONE_DAY


def notice_year(day: date) -> int:
    """The year whose notice settles ``day``: the last days of December belong to the next."""
    return day.year + 1 if day.month == _DECEMBER and day.day >= _TURN_OF_YEAR else day.year


def _by_notice_year(days: Iterable[date]) -> dict[int, tuple[date, ...]]:
    return {year: tuple(of_the_year) for year, of_the_year in groupby(sorted(days), key=notice_year)}


def _years_of_the_library() -> Iterable[CalendarYear]:
    # Its is_workday() looks for its first and last year again at every call (24 µs); its tables are public.
    made_up = _by_notice_year(chinese_calendar.workdays)
    for year, free in _by_notice_year(chinese_calendar.holidays).items():
        yield CalendarYear(year=year, free_days=free, make_up_days=made_up.get(year, ()))


OFFICIAL = PublishedCalendar(_years_of_the_library())
"""The calendar that this release knows."""


def published_until(calendar: PublishedCalendar = OFFICIAL) -> date:
    """The last day for which the official calendar is certain."""
    return calendar.published_until()


class Stop(Record):
    """The clock stands still for a special procedure: hearing, testing, inspection, expert review … (行政许可法 45).

    A day that a stop touches does not count: the clock stands from the day it begins, and goes on with the day
    after the one it ends on, as a first day never counts. ``until`` is None while it lasts.
    """

    since: AwareDatetime
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("a stop ends after it began")
        return self


class DueDate(Record):
    """The last day of a limit, in Asia/Shanghai. The limit is kept until the end of that day."""

    stopped_since: date | None = None
    """Set while a stop lasts: the limit cannot pass, and ``date`` is only the earliest day it can still fall on."""
    provisional: bool
    """An official calendar that is not published yet may still move it; see :func:`recompute`."""
    date: date

    @property
    def ends_at(self) -> datetime:
        """The moment (UTC) from which the limit has passed: the midnight that ends ``date``."""
        return end_of_day(self.date)


def shanghai_date(moment: datetime) -> date:
    """The day in Asia/Shanghai on which ``moment`` lies. Raises :class:`ClockFault` when it has no time zone."""
    if moment.tzinfo is None:
        raise ClockFault("naive-moment", "a moment needs a time zone")
    return moment.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The midnight that ends ``day`` in Asia/Shanghai, in UTC: what a timer waits for."""
    return datetime.combine(day + _ONE_DAY, time(), SHANGHAI).astimezone(UTC)


def due_date(
    start: datetime,
    working_days: int,
    stops: Sequence[Stop] = (),
    extension_days: int = 0,
    *,
    calendar: WorkingCalendar = OFFICIAL,
) -> DueDate:
    """The last day of a limit of ``working_days`` and ``extension_days`` (working days too), accepted at ``start``.

    The next working day after acceptance is day 1; days in stops do not count. 0 days are due on the day of
    acceptance itself, or on the next working day when that is not one. Raises :class:`ClockFault`.
    """
    _refuse_negative(working_days, extension_days)
    accepted = shanghai_date(start)
    still = _still_days(stops)
    remaining, day = working_days + extension_days, accepted
    if remaining == 0:
        # An instant item may be done on the day it came in: that day is its first and its last.
        remaining, day = 1, accepted - _ONE_DAY
    provisional = False
    while remaining:
        day += _ONE_DAY
        if still and _lies_in(day, still):
            continue
        working, unsure = calendar.is_working_day(day)
        provisional = provisional or unsure
        if working:
            remaining -= 1
    lasting = [max(shanghai_date(stop.since), accepted) for stop in stops if stop.until is None]
    stopped_since = min((began for began in lasting if began <= day), default=None)
    return DueDate(date=day, provisional=provisional, stopped_since=stopped_since)


def recompute(
    due: DueDate,
    start: datetime,
    working_days: int,
    stops: Sequence[Stop] = (),
    extension_days: int = 0,
    *,
    calendar: WorkingCalendar,
) -> DueDate:
    """``due`` again, under a calendar that knows more years. A date that is not provisional was promised: it stays."""
    return due_date(start, working_days, stops, extension_days, calendar=calendar) if due.provisional else due


def days_left(now: datetime, due: DueDate, stops: Sequence[Stop] = (), *, calendar: WorkingCalendar = OFFICIAL) -> int:
    """Working days after today up to the due date: 0 on the last day, negative by the working days it is over.

    Pass the ``stops`` the date was reckoned with; while one lasts the number stands still.
    """
    today = shanghai_date(now)
    if due.stopped_since is not None:
        today = min(today, due.stopped_since)
    still = _still_days(stops)
    if today <= due.date:
        return _working_days_between(today, due.date, still, calendar)
    return -_working_days_between(due.date, today, still, calendar)


def working_days_between(after: date, until: date, *, calendar: WorkingCalendar = OFFICIAL) -> int:
    """How many working days lie after ``after`` up to and with ``until``; 0 when there is no day between."""
    return _working_days_between(after, until, (), calendar)


def is_over(now: datetime, due: DueDate) -> bool:
    """Whether the limit has passed: its last day has ended and no stop lasts."""
    return due.stopped_since is None and shanghai_date(now) > due.date


def warning_date(due: DueDate, working_days_before: int = 1, *, calendar: WorkingCalendar = OFFICIAL) -> date:
    """The working day that lies ``working_days_before`` the due date: warn before a limit, not after it."""
    day = due.date
    while working_days_before > 0:
        day -= _ONE_DAY
        if calendar.is_working_day(day)[0]:
            working_days_before -= 1
    return day


def deemed_accepted_on(
    handed_in: datetime,
    now: datetime,
    correction_noticed: datetime | None = None,
    working_days: int = CORRECTION_NOTICE_WORKING_DAYS,
    *,
    calendar: WorkingCalendar = OFFICIAL,
) -> date | None:
    """The day of hand-in when the department neither accepted nor asked for corrections in time; None otherwise.

    行政许可法 32(4): without a correction notice within 5 working days the item counts as accepted from the day of
    hand-in, so its limit runs from there. A notice that comes later does not undo it.
    """
    limit = due_date(handed_in, working_days, calendar=calendar)
    noticed_in_time = correction_noticed is not None and not is_over(correction_noticed, limit)
    return shanghai_date(handed_in) if is_over(now, limit) and not noticed_in_time else None


def calendar_end(start: datetime, days: int) -> date:
    """The last day of a public notice of ``days`` calendar days; it ends with the end of that day (:func:`end_of_day`).

    The day it began on does not count. It may end on a holiday: nobody has to act on its last day.
    """
    _refuse_negative(days)
    return shanghai_date(start) + timedelta(days=days)


def window_end(notice_end: date, days: int, *, calendar: WorkingCalendar = OFFICIAL) -> DueDate:
    """The last day to hand in within ``days`` calendar days after a notice that ended with ``notice_end`` (公司法 240).

    A window whose last day is a day off closes with the next working day (民法典 203).
    """
    _refuse_negative(days)
    day = notice_end + timedelta(days=days)
    provisional = False
    while True:
        working, unsure = calendar.is_working_day(day)
        provisional = provisional or unsure
        if working:
            return DueDate(date=day, provisional=provisional)
        day += _ONE_DAY


def _refuse_negative(*days: int) -> None:
    if min(days) < 0:
        raise ClockFault("negative-days", "a limit, an extension, a notice and a window last 0 days or more")


def _still_days(stops: Sequence[Stop]) -> tuple[tuple[date, date], ...]:
    """First and last day of each stop. One that lasts is taken as over today, which gives the earliest due date."""
    return tuple((shanghai_date(stop.since), shanghai_date(stop.until or stop.since)) for stop in stops)


def _lies_in(day: date, still: tuple[tuple[date, date], ...]) -> bool:
    # A plain loop: a generator here would double the price of a due date.
    for first, last in still:  # noqa: SIM110
        if first <= day <= last:
            return True
    return False


def _working_days_between(
    after: date, until: date, still: tuple[tuple[date, date], ...], calendar: WorkingCalendar
) -> int:
    days = (after + timedelta(days=ahead) for ahead in range(1, (until - after).days + 1))
    return sum(1 for day in days if not _lies_in(day, still) and calendar.is_working_day(day)[0])
