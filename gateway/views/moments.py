"""Days and moments in words, in the time of the city (Asia/Shanghai)."""

from datetime import date, datetime, timedelta

from one_things.clock import SHANGHAI, shanghai_date
from one_things.text import Text

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def day_text(day: date) -> Text:
    """2026年12月3日, 3 December 2026."""
    return Text(zh=f"{day.year}年{day.month}月{day.day}日", en=f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def short_day_text(day: date) -> Text:
    """12月3日, 3 Dec: where the year goes without saying."""
    return Text(zh=f"{day.month}月{day.day}日", en=f"{day.day} {_MONTHS[day.month - 1][:3]}")


def moment_text(moment: datetime) -> Text:
    """The day and the minute."""
    local = moment.astimezone(SHANGHAI)
    day = day_text(local.date())
    return Text(zh=f"{day.zh} {local:%H:%M}", en=f"{day.en}, {local:%H:%M}")


def last_day(end: datetime) -> date:
    """The day that a limit ending at ``end`` still includes: limits end with the midnight after their last day."""
    return shanghai_date(end - timedelta(microseconds=1))
