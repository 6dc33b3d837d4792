"""Dated tables, such as retirement ages by date of birth, and what is reckoned and demanded by them.

Formulas are CEL over the form: a field is read as ``form['applicant.birth_date']``, an answer by its name, another
derived value as ``derived.<id>``, the day of the application as ``today``. Dates are dates, numbers and money (in fen)
whole numbers; an identity number can give ``birth_date(form['applicant.identity_number'])``. ``table('id', date)``
reads the value in force on that date; ``months_between(date, date)`` and ``add_months(date, number)`` reckon in whole
months, and what would fall behind the end of a month falls on its last day. See ``formulas.py``.
"""

from datetime import date

from pydantic import Field

from one_things.definition.names import Condition, FieldId, Formula, Name, Slug, Source
from one_things.model import Record
from one_things.text import Text


class TableRow(Record):
    """From ``since`` on, until the next row, the value is ``value``."""

    since: date
    value: int


class TableRises(Record):
    """From ``since`` on the value of the last row rises by ``by`` every so many months, until it has reached ``to``.

    It is the way the law itself writes a gradual rise; the first rise is on ``since``.
    """

    since: date
    every_months: int = Field(ge=1, le=120)
    by: int
    to: int


class DatedTable(Record):
    """Whole numbers that change by date: a rise in steps is data, never a program."""

    id: Slug
    title: Text
    unit: Text
    """What the numbers count, such as months."""
    rows: tuple[TableRow, ...] = Field(min_length=1)
    rises: TableRises | None = None
    source: Source


class Derived(Record):
    """A value reckoned from the form, shown in the pre-check and sent with the items that list ``derived.<id>``."""

    id: Name
    title: Text
    formula: Formula
    when: Condition | None = None


class Eligibility(Record):
    """What has to hold of the form, such as an age; an application for which it does not is refused at the door.

    It is demanded of those applications that are asked for every field it reads: who takes only some of the items is
    not measured by what the others need.
    """

    id: Slug
    when: Condition | None = None
    require: Formula
    """Must come out true."""
    field: FieldId
    """The field beside which the reason is shown."""
    reason: Text
    fix: Text
    source: Source
