"""On which days a department's office is closed or open otherwise than the official calendar says.

It is told to applicants and officers, and warns officers earlier. It moves no date: limits run by the official calendar
alone (行政许可法 82; docs/adr/0028).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from one_things.clock import DayKind, WorkingCalendar
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_words import mistake

_LONGEST_DAYS = 60
_ONE_DAY = timedelta(days=1)


def _written_as_day(written: Any) -> Any:
    # A number would be read as seconds since 1970.
    if isinstance(written, str | date) and not isinstance(written, datetime):
        return written
    raise mistake(
        "not-a-day",
        Text(zh="不是日期。", en="it is no date."),
        Text(zh="请写成 2026-06-18。", en="Write it as 2026-06-18."),
    )


Day = Annotated[date, BeforeValidator(_written_as_day)]


class OfficePeriod(Record):
    """Days in a row, the last one included, with the reason that people read."""

    begins: Day = Field(alias="from")
    ends: Day | None = Field(default=None, alias="to")
    """The last day; without it there is but one."""
    reason: Text

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.ends or self.begins

    @property
    def days(self) -> Iterator[date]:
        """Every day of it."""
        return (self.begins + _ONE_DAY * place for place in range((self.last - self.begins).days + 1))

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.last < self.begins:
            raise mistake(
                "days-end-first",
                Text(zh="结束日期早于开始日期。", en="it ends before it begins."),
                Text(zh="请核对 from 和 to。", en="Check from and to."),
            )
        if (self.last - self.begins).days >= _LONGEST_DAYS:
            raise mistake(
                "days-too-many",
                Text(zh=f"超过 {_LONGEST_DAYS} 天。", en=f"it lasts more than {_LONGEST_DAYS} days."),
                Text(
                    zh="请核对年份；确需如此长时间的，请分段填写。", en="Check the years; write a longer one in parts."
                ),
            )
        return self


class OfficeNotice(Record):
    """What is said of some days."""

    kind: Literal["closed", "open"]
    begins: date
    last: date
    reason: Text


class OfficeDays(Record):
    """The department's own days, as its entry in `departments.yaml` states them."""

    closed: Annotated[tuple[OfficePeriod, ...], Field(max_length=100)] = ()
    """Nobody works there, although it is a working day."""
    open: Annotated[tuple[OfficePeriod, ...], Field(max_length=100)] = ()
    """Somebody does, although it is none."""

    def notices(self, today: date, until: date) -> tuple[OfficeNotice, ...]:
        """What is to be told of the days from ``today`` to ``until``, the soonest first."""
        told = [
            OfficeNotice(kind=kind, begins=period.begins, last=period.last, reason=period.reason)
            for kind, periods in (("closed", self.closed), ("open", self.open))
            for period in periods
            if period.last >= today and period.begins <= until
        ]
        return tuple(sorted(told, key=lambda notice: (notice.begins, notice.kind)))

    def over(self, official: WorkingCalendar) -> WorkingCalendar:
        """On which days work is done there, for warnings: days it opens besides count as if it did not."""
        return _OfficeCalendar(official, frozenset(day for period in self.closed for day in period.days))


class _OfficeCalendar:
    def __init__(self, official: WorkingCalendar, closed: frozenset[date]) -> None:
        self._official = official
        self._closed = closed

    def is_working_day(self, day: date) -> tuple[bool, bool]:
        working, provisional = self._official.is_working_day(day)
        return DayKind(working and day not in self._closed, provisional)
