"""What is read off a dated table, and whole months: everything that a formula may reckon with."""

import calendar
from bisect import bisect_right
from datetime import date

from one_things.definition import DatedTable
from one_things.faults import DomainError

_BIRTH_DATE = slice(6, 14)
"""Where an identity number of 18 characters holds the date of birth (GB 11643)."""


class TableGap(DomainError):
    """The table (``table``) says nothing about so early a date."""

    code = "table-gap"

    def __init__(self, table: str) -> None:
        super().__init__(f"the table {table} begins later")
        self.table = table


def value_on(table: DatedTable, day: date) -> int:
    """The value in force on this day. Raises TableGap before the first row."""
    place = bisect_right([row.since for row in table.rows], day)
    if place == 0:
        raise TableGap(table.id)
    rises = table.rises
    if rises is None or day < rises.since:
        return table.rows[place - 1].value
    risen = table.rows[-1].value + rises.by * (months_between(rises.since, day) // rises.every_months + 1)
    return min(risen, rises.to) if rises.by > 0 else max(risen, rises.to)


def last_change(table: DatedTable) -> date:
    """The day from which the table does not change any more."""
    rises = table.rises
    if rises is None:
        return table.rows[-1].since
    steps = -((table.rows[-1].value - rises.to) // rises.by)
    return add_months(rises.since, (steps - 1) * rises.every_months)


def add_months(day: date, months: int) -> date:
    """So many whole months later, or earlier; behind the end of a month, its last day. Raises ValueError out of range.

    The same day of the month, as a period of months ends by 民法典 202.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError("this is no date of the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """How many whole months have passed from one day to the other; negative when they stand the other way round."""
    if later < earlier:
        return -months_between(later, earlier)
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if add_months(earlier, months) <= later else months - 1


def birth_date(identity_number: str) -> date:
    """The date of birth that an identity number of 18 characters holds. Raises ValueError for what holds none."""
    return date.fromisoformat(identity_number.strip()[_BIRTH_DATE])
