"""Dated tables and whole months: what formulas reckon with."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from one_things.definition import DatedTable, Source, TableRises, TableRow
from one_things.tables import TableGap, add_months, birth_date, last_change, months_between, value_on
from one_things.text import Text

ROWS = (TableRow(since=date(2000, 1, 1), value=10), TableRow(since=date(2010, 6, 1), value=20))


def a_table(rises: TableRises | None = None) -> DatedTable:
    text = Text(zh="测试表", en="test table")
    return DatedTable(id="test", title=text, unit=text, rows=ROWS, rises=rises, source=Source(document="测试规定"))


@pytest.mark.parametrize(
    ("day", "value"),
    [("2000-01-01", 10), ("2010-05-31", 10), ("2010-06-01", 20), ("2999-12-31", 20)],
)
def test_a_row_holds_from_its_day_until_the_next(day: str, value: int):
    assert value_on(a_table(), date.fromisoformat(day)) == value


def test_before_its_first_row_a_table_says_nothing():
    with pytest.raises(TableGap):
        value_on(a_table(), date(1999, 12, 31))


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2019-12-31", 20),
        ("2020-01-01", 17),
        ("2020-06-30", 17),
        ("2020-07-01", 14),
        ("2021-01-01", 11),
        ("2050-01-01", 11),
    ],
)
def test_a_table_may_fall_as_well_and_stops_where_it_ends(day: str, value: int):
    table = a_table(TableRises(since=date(2020, 1, 1), every_months=6, by=-3, to=11))

    assert value_on(table, date.fromisoformat(day)) == value
    assert last_change(table) == date(2021, 1, 1)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("1965-01-31", 721, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-01-15", -1, "2023-12-15"),
        ("2024-05-31", -3, "2024-02-29"),
        ("2024-05-31", 0, "2024-05-31"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day: str, months: int, then: str):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-15", "2025-01-14", 11),
        ("2024-01-15", "2025-01-15", 12),
        ("2025-01-15", "2024-01-15", -12),
    ],
)
def test_only_whole_months_count(earlier: str, later: str, months: int):
    assert months_between(date.fromisoformat(earlier), date.fromisoformat(later)) == months


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-1200, 1200))
def test_so_many_months_later_so_many_whole_months_have_passed(day: date, months: int):
    if months >= 0:
        assert months_between(day, add_months(day, months)) == months
    assert add_months(day, months).day <= day.day


def test_an_identity_number_tells_the_date_of_birth():
    assert birth_date("11010519491231002X") == date(1949, 12, 31)
    with pytest.raises(ValueError, match="isoformat"):
        birth_date("110105")
