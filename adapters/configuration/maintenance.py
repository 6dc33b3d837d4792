"""When a department is announced to be away, once or every week: calls wait for the end and are no failures."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from adapters.configuration.values import Moment
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_words import mistake

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MOST_IN_A_ROW = 100
ClockTime = Annotated[str, StringConstraints(strict=True, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""``22:00``, by the clock in China. In quotation marks: YAML reads 22:00 as a number."""


class Weekday(StrEnum):
    """The days of the week, as a file names them."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


_DAYS = tuple(Weekday)


class OnceAway(Record):
    """Away from one moment to another; the end itself is no longer part of it."""

    begins: Moment = Field(alias="from")
    ends: Moment = Field(alias="to")

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ends <= self.begins:
            raise mistake(
                "window-ends-first",
                Text(zh="结束时间不晚于开始时间。", en="it ends before it begins."),
                Text(zh="请核对 from 和 to。", en="Check from and to."),
            )
        return self

    def end(self, moment: datetime) -> datetime | None:
        """When it ends, if ``moment`` lies in it."""
        return self.ends if self.begins <= moment < self.ends else None


class WeeklyAway(Record):
    """Away on each of these days; where it ends earlier than it begins it goes on past midnight."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    """On which it begins."""
    begins: ClockTime = Field(alias="from")
    ends: ClockTime = Field(alias="to")

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.ends == self.begins:
            raise mistake(
                "window-of-no-length",
                Text(zh="开始和结束是同一时刻。", en="it begins and ends at the same time."),
                Text(zh="请核对 from 和 to。", en="Check from and to."),
            )
        return self

    def end(self, moment: datetime) -> datetime | None:
        """When it ends, if ``moment`` lies in it."""
        today = moment.astimezone(_SHANGHAI).date()
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        for day in (today, today - timedelta(days=1)):
            if _DAYS[day.weekday()] not in self.days:
                continue
            last = day if ends > begins else day + timedelta(days=1)
            end = datetime.combine(last, ends, _SHANGHAI)
            if datetime.combine(day, begins, _SHANGHAI) <= moment < end:
                return end.astimezone(UTC)
        return None


def _shape(written: Any) -> str:
    return "weekly" if isinstance(written, WeeklyAway) or (isinstance(written, dict) and "days" in written) else "once"


MaintenanceWindow = Annotated[
    Annotated[OnceAway, Tag("once")] | Annotated[WeeklyAway, Tag("weekly")], Discriminator(_shape)
]


def away_until(windows: Iterable[OnceAway | WeeklyAway], moment: datetime) -> datetime | None:
    """Until when the department is in maintenance, if it is at ``moment``; windows that touch count as one."""
    windows = tuple(windows)
    until: datetime | None = None
    for _ in range(_MOST_IN_A_ROW):  # a department that is always away is asked again after that many windows
        ends = [end for window in windows if (end := window.end(until or moment)) is not None]
        if not ends:
            break
        until = max(ends)
    return until
