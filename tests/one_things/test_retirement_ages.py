"""The statutory ages of retirement, compared with the tables annexed to the decision of 13 September 2024.

The rows follow annexes 1 to 4 of 国务院关于渐进式延迟法定退休年龄的办法: month of birth, age, month of retirement.
"""

from datetime import date

import pytest
from stdnum.cn import ric

from one_things.admission import usable_answers
from one_things.catalogue import Catalogue
from one_things.eligibility import derived_values, eligibility_faults
from one_things.planning import needed_for
from one_things.tables import value_on

BUNDLE = Catalogue().get("employee-retirement")
TABLES = {table.id: table for table in BUNDLE.tables}
TODAY = date(2026, 3, 2)

MEN = [
    ("1964-12", (60, 0), "2024-12"),
    ("1965-01", (60, 1), "2025-02"),
    ("1965-04", (60, 1), "2025-05"),
    ("1965-05", (60, 2), "2025-07"),
    ("1966-01", (60, 4), "2026-05"),
    ("1969-09", (61, 3), "2030-12"),
    ("1972-12", (62, 0), "2034-12"),
    ("1976-08", (62, 11), "2039-07"),
    ("1976-09", (63, 0), "2039-09"),
    ("1976-12", (63, 0), "2039-12"),
    ("1990-06", (63, 0), "2053-06"),
]
WOMEN_55 = [
    ("1969-12", (55, 0), "2024-12"),
    ("1970-01", (55, 1), "2025-02"),
    ("1970-05", (55, 2), "2025-07"),
    ("1973-12", (56, 0), "2029-12"),
    ("1981-08", (57, 11), "2039-07"),
    ("1981-09", (58, 0), "2039-09"),
]
WOMEN_50 = [
    ("1974-12", (50, 0), "2024-12"),
    ("1975-01", (50, 1), "2025-02"),
    ("1975-02", (50, 1), "2025-03"),
    ("1975-03", (50, 2), "2025-05"),
    ("1976-12", (51, 0), "2027-12"),
    ("1984-10", (54, 11), "2039-09"),
    ("1984-11", (55, 0), "2039-11"),
]
ALL = [
    *(("man", *row) for row in MEN),
    *(("woman_55", *row) for row in WOMEN_55),
    *(("woman_50", *row) for row in WOMEN_50),
]
LEAST_YEARS = [
    ("2029-12-31", 15.0),
    ("2030-01-01", 15.5),
    ("2031-01-01", 16.0),
    ("2034-06-01", 17.5),
    ("2038-12-31", 19.5),
    ("2039-01-01", 20.0),
    ("2050-01-01", 20.0),
]


def born(month: str, day: int = 10) -> str:
    number = f"110105{month.replace('-', '')}{day:02d}0020"
    return number[:-1] + ric.calc_check_digit(number)


def derived(worker: str, **form: object) -> dict[str, object]:
    values = derived_values(BUNDLE, usable_answers(BUNDLE, {"worker": worker}), form, TODAY)
    return {value.id: value.value for value in values}


def refused(worker: str, **form: object) -> set[tuple[str, str]]:
    answers = usable_answers(BUNDLE, {"worker": worker})
    asked = needed_for(BUNDLE, {"worker": worker}, None).fields
    return {(fault.field, fault.code) for fault in eligibility_faults(BUNDLE, answers, asked, form, TODAY)}


@pytest.mark.parametrize(("worker", "month", "age", "retires"), ALL)
def test_the_ages_of_the_annexes(worker: str, month: str, age: tuple[int, int], retires: str):
    found = derived(worker, **{"applicant.identity_number": born(month)})

    assert found["statutory_age"] == age[0] * 12 + age[1]
    assert found["retires_on"] == date.fromisoformat(f"{retires}-10")


@pytest.mark.parametrize(("day", "years"), LEAST_YEARS)
def test_the_least_years_of_contributions_of_the_fourth_annex(day: str, years: float):
    assert value_on(TABLES["minimum-contributions"], date.fromisoformat(day)) == years * 12


def test_who_was_born_on_the_31st_retires_on_the_last_day_of_a_shorter_month():
    assert derived("man", **{"applicant.identity_number": born("1965-01", 31)})["retires_on"] == date(2025, 2, 28)


def test_flexible_retirement_is_three_years_early_at_most_but_never_before_the_age_of_before():
    early = derived("man", **{"applicant.identity_number": born("1970-01")})
    late = derived("man", **{"applicant.identity_number": born("1980-01")})

    assert (early["statutory_age"], early["earliest_age"]) == (736, 720)
    assert (late["statutory_age"], late["earliest_age"]) == (756, 720)
    assert late["latest_on"] == date(2046, 1, 10)


@pytest.mark.parametrize(
    ("retires", "months", "faults"),
    [
        ("2026-05-10", 180, set()),
        ("2026-01-10", 180, set()),
        ("2026-01-09", 180, {("form.retirement.date", "old-enough")}),
        ("2029-05-10", 180, set()),
        ("2029-05-11", 180, {("form.retirement.date", "not-too-late")}),
        ("2026-05-10", 179, {("form.contributions.months", "enough-contributions")}),
        (
            "2036-05-10",
            180,
            {("form.retirement.date", "not-too-late"), ("form.contributions.months", "enough-contributions")},
        ),
    ],
)
def test_who_is_too_young_too_old_or_short_of_contributions_learns_it_beside_the_field(
    retires: str, months: int, faults: set[tuple[str, str]]
):
    form = {"applicant.identity_number": born("1966-01"), "retirement.date": retires, "contributions.months": months}

    assert refused("man", **form) == faults


def test_a_date_before_the_table_is_a_fault_and_not_a_way_around_it():
    form = {"applicant.identity_number": born("1966-01"), "retirement.date": "1990-01-01", "contributions.months": 0}

    assert ("form.contributions.months", "value-out-of-range") in refused("man", **form)


def test_while_the_form_is_empty_only_its_own_faults_are_told():
    assert refused("man") == set()
    assert derived("man") == {}
