"""The holiday notice of one year as a file: read, and refused with every mistake at its line.

```yaml
year: 2027
notice: 国办发明电〔2026〕…号
free_days: [2027-01-01, 2027-01-02]
make_up_days: [2027-01-09]
```
JSON is read as well: it is YAML.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import Field

from one_things.clock import FREE_EVERY_YEAR, CalendarYear, notice_year
from one_things.faults import Fault
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_file import parse_document, read_text
from one_things.yaml_words import FileWords

_SATURDAY = 5
_WORDS = FileWords(
    begin=Text(zh="请照通知原文逐日列出。", en="List the days of the notice, one by one."),
    names=Text(zh="请参照 onething calendar publish --help。", en="See onething calendar publish --help."),
    schema="docs/operating.md",
)


class CalendarNotice(Record):
    """A holiday notice of the State Council, day by day, as somebody wrote it down."""

    year: int = Field(ge=2000, le=2200)
    notice: str = Field(min_length=4, max_length=100)
    """Its number, such as 国办发明电〔2025〕7号."""
    free_days: tuple[date, ...] = Field(min_length=1, max_length=100)
    make_up_days: tuple[date, ...] = Field(default=(), max_length=100)


def read_calendar(path: Path) -> CalendarYear:
    """The year in this file. Raises FileRefused with every mistake, OSError when the file cannot be read."""
    return parse_calendar(read_text(path), str(path))


def parse_calendar(text: str, file: str) -> CalendarYear:
    """The year that the text describes; ``file`` names it in the faults. Raises FileRefused."""
    notice = parse_document(text, file, CalendarNotice, _faults, _WORDS)
    return CalendarYear(
        year=notice.year,
        notice=notice.notice,
        free_days=tuple(sorted(notice.free_days)),
        make_up_days=tuple(sorted(notice.make_up_days)),
    )


def _faults(notice: CalendarNotice) -> Iterator[Fault]:
    for room, days in (("free_days", notice.free_days), ("make_up_days", notice.make_up_days)):
        for place, day in enumerate(days):
            at = f"{room}.{place}"
            if notice_year(day) != notice.year:
                yield _mistake(
                    at,
                    "day-of-another-year",
                    f"{day} 不由 {notice.year} 年的通知安排。",
                    f"{day} is not settled by the notice for {notice.year}.",
                    "请核对年份；上年 12 月 28 日起的日子属于下一年的通知。",
                    "Check the year; days from 28 December on belong to the notice of the next year.",
                )
            if day in days[:place]:
                yield _mistake(
                    at, "day-twice", f"{day} 写了两次。", f"{day} stands twice.", "请只保留一处。", "Keep one of them."
                )
    for place, day in enumerate(notice.make_up_days):
        if day in notice.free_days:
            yield _mistake(
                f"make_up_days.{place}",
                "day-free-and-worked",
                f"{day} 既是放假日又是补班日。",
                f"{day} is free and worked at once.",
                "请按通知原文核对。",
                "Compare it with the notice.",
            )
        elif day.weekday() < _SATURDAY:
            yield _mistake(
                f"make_up_days.{place}",
                "make-up-on-a-weekday",
                f"{day} 本来就是工作日。",
                f"{day} is a working day anyway.",
                "补班日是周六或周日，请按通知原文核对。",
                "A make-up workday is a Saturday or a Sunday; compare it with the notice.",
            )
    by_law = {date(notice.year, month, day) for month, day in FREE_EVERY_YEAR}
    for day in sorted(by_law - set(notice.free_days)):
        yield _mistake(
            "free_days",
            "holiday-missing",
            f"缺少法定放假的 {day}。",
            f"{day} is free by law and is missing.",
            "请列出通知中的每一天，周末也要列出（全国年节及纪念日放假办法 2）。",
            "List every day of the notice, weekends within a holiday as well.",
        )


def _mistake(field: str, code: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Fault:
    return Fault(field=field, code=code, reason=Text(zh=zh, en=en), fix=Text(zh=fix_zh, en=fix_en))
