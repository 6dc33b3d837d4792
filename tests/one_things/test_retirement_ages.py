"""The statutory ages of retirement, compared with the tables annexed to the decision of 13 September 2024.

The rows follow annexes 1 to 4 of 国务院关于渐进式延迟法定退休年龄的办法: month of birth, age, month of retirement.
"""

import calendar
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


def answers(worker: str, timing: str = "at_age", kind: str = "normal", *yes: str) -> dict[str, str | bool]:
    others = ("contributions_elsewhere", "deemed_years", "one_child", "has_provident_fund")
    given: dict[str, str | bool] = {name: name in yes for name in others}
    timed: dict[str, str | bool] = {"timing": timing} if kind == "normal" else {}
    return {"worker": worker, "kind": kind, "minimum_reached": True} | timed | given


def derived(worker: str, timing: str = "at_age", kind: str = "normal", **form: object) -> dict[str, object]:
    values = derived_values(BUNDLE, usable_answers(BUNDLE, answers(worker, timing, kind)), form, TODAY)
    return {value.id: value.value for value in values}


def refused(given: dict[str, str | bool], **form: object) -> set[tuple[str, str]]:
    usable = usable_answers(BUNDLE, given)
    asked = needed_for(BUNDLE, given, None).fields
    return {(fault.field, fault.code) for fault in eligibility_faults(BUNDLE, usable, asked, form, TODAY)}


@pytest.mark.parametrize(("worker", "month", "age", "retires"), ALL)
def test_the_ages_of_the_annexes(worker: str, month: str, age: tuple[int, int], retires: str):
    found = derived(worker, **{"applicant.identity_number": born(month)})

    assert found["statutory_age"] == age[0] * 12 + age[1]
    assert found["retires_on"] == date.fromisoformat(f"{retires}-10")


@pytest.mark.parametrize(("day", "years"), LEAST_YEARS)
def test_the_least_years_of_contributions_of_the_fourth_annex(day: str, years: float):
    assert value_on(TABLES["minimum-contributions"], date.fromisoformat(day)) == years * 12


@pytest.mark.parametrize(
    ("worker", "first_born", "age_before", "months_of_birth", "steps"),
    [("man", 1965, 60, 4, 36), ("woman_55", 1970, 55, 4, 36), ("woman_50", 1975, 50, 2, 60)],
)
def test_every_month_of_birth_of_the_annexes_and_the_year_before_and_after(
    worker: str, first_born: int, age_before: int, months_of_birth: int, steps: int
):
    # The annexes as they are printed: so many months of birth share an age, the next ones retire a month later, until
    # the last step, with which each annex ends at a December.
    later = [step for step in range(1, steps + 1) for _ in range(months_of_birth)]
    every = [0] * 12 + later + [steps] * 12
    assert len(later) % 12 == 0

    for number, months_later in enumerate(every):
        year, month = divmod((first_born - 1) * 12 + number, 12)
        retires_year, retires_month = divmod((year + age_before) * 12 + month + months_later, 12)
        for day in (1, calendar.monthrange(year, month + 1)[1]):
            found = derived(worker, **{"applicant.identity_number": born(f"{year}-{month + 1:02d}", day)})

            assert found["statutory_age"] == age_before * 12 + months_later, (year, month + 1, day)
            assert isinstance(retires := found["retires_on"], date)
            assert (retires.year, retires.month) == (retires_year, retires_month + 1), (year, month + 1, day)


def test_the_least_years_of_every_year_of_the_fourth_annex():
    annex = dict.fromkeys(range(2025, 2030), 15.0) | {2029 + step: 15 + step / 2 for step in range(1, 11)}
    assert (annex[2029], annex[2030], annex[2039]) == (15, 15.5, 20)

    for year, years in (annex | {2040: 20.0}).items():
        for day in (date(year, 1, 1), date(year, 12, 31)):
            assert value_on(TABLES["minimum-contributions"], day) == years * 12, day


@pytest.mark.parametrize(
    ("worker", "month", "timing", "retires", "year", "months"),
    [
        ("man", "1968-01", "at_age", None, 2028, 180),
        ("man", "1968-01", "late", "2031-11-10", 2028, 180),
        ("man", "1970-01", "late", "2034-05-10", 2031, 192),
        ("man", "1970-01", "early", "2030-01-10", 2030, 186),
        ("woman_50", "1980-11", "late", "2036-11-10", 2033, 204),
        ("woman_50", "1980-11", "early", "2031-11-10", 2031, 192),
    ],
)
def test_who_retires_early_needs_the_years_of_the_date_they_chose_and_who_retires_late_those_of_their_statutory_age(
    worker: str, month: str, timing: str, retires: str | None, year: int, months: int
):
    chosen = {} if retires is None else {"retirement.date": retires}
    found = derived(worker, timing, **{"applicant.identity_number": born(month)}, **chosen)

    assert isinstance(statutory := found["retires_on"], date)
    assert year == (int(chosen["retirement.date"][:4]) if timing == "early" else statutory.year)
    assert found["least_contributions"] == months


def test_who_was_born_on_the_31st_retires_on_the_last_day_of_a_shorter_month():
    assert derived("man", **{"applicant.identity_number": born("1965-01", 31)})["retires_on"] == date(2025, 2, 28)


def test_flexible_retirement_is_three_years_early_at_most_but_never_before_the_age_of_before():
    early = derived("man", **{"applicant.identity_number": born("1970-01")})
    late = derived("man", **{"applicant.identity_number": born("1980-01")})

    assert (early["statutory_age"], early["earliest_age"]) == (736, 720)
    assert (late["statutory_age"], late["earliest_age"]) == (756, 720)
    assert late["latest_on"] == date(2046, 1, 10)


RETIRES = "form.retirement.date"


@pytest.mark.parametrize(
    ("timing", "retires", "faults"),
    [
        ("early", "2026-05-09", set()),
        ("early", "2026-01-10", set()),
        ("early", "2026-01-09", {(RETIRES, "old-enough")}),
        ("early", "2026-05-10", {(RETIRES, "before-the-statutory-age")}),
        ("late", "2026-05-10", {(RETIRES, "after-the-statutory-age")}),
        ("late", "2029-05-10", set()),
        ("late", "2029-05-11", {(RETIRES, "not-too-late")}),
    ],
)
def test_who_chooses_a_date_that_the_law_does_not_offer_learns_it_beside_the_field(
    timing: str, retires: str, faults: set[tuple[str, str]]
):
    told = {"flexible.told_on": "2025-10-09", "flexible.agreed_on": "2026-04-10"}
    form = {"applicant.identity_number": born("1966-01"), "retirement.date": retires, **told}

    assert refused(answers("man", timing), **form) == faults


@pytest.mark.parametrize(
    ("timing", "date_field", "day", "in_time"),
    [
        ("early", "flexible.told_on", "2025-12-10", True),
        ("early", "flexible.told_on", "2025-12-11", False),
        ("late", "flexible.agreed_on", "2026-04-10", True),
        ("late", "flexible.agreed_on", "2026-04-11", False),
    ],
)
def test_the_employer_is_told_three_months_before_or_agrees_one_month_before(
    timing: str, date_field: str, day: str, in_time: bool
):
    retires = {"early": "2026-03-10", "late": "2027-05-10"}[timing]
    form = {"applicant.identity_number": born("1966-01"), "retirement.date": retires, date_field: day}

    assert (refused(answers("man", timing), **form) == set()) is in_time


@pytest.mark.parametrize(
    ("month", "near"), [("1966-01", True), ("1966-02", False)], ids=["in ten weeks", "in three months and a week"]
)
def test_at_the_age_one_applies_in_the_three_months_before_it(month: str, near: bool):
    found = refused(answers("man"), **{"applicant.identity_number": born(month)})

    assert found == (set() if near else {("form.applicant.identity_number", "age-reached")})


@pytest.mark.parametrize(
    ("kind", "worker", "month", "retires", "eligible"),
    [
        ("special_trade", "man", "1971-03", "2026-03-10", True),
        ("special_trade", "man", "1971-03", "2026-03-09", False),
        ("special_trade", "woman_50", "1981-03", "2026-03-10", True),
        ("illness", "man", "1976-03", "2026-03-10", True),
        ("illness", "man", "1976-03", "2026-03-09", False),
        ("illness", "woman_55", "1981-03", "2026-03-09", False),
    ],
)
def test_early_retirement_has_ages_of_its_own(kind: str, worker: str, month: str, retires: str, eligible: bool):
    form = {"applicant.identity_number": born(month), "retirement.date": retires}
    trade = {"special_trade.kind": "high_or_heavy", "special_trade.years": 10} if kind == "special_trade" else {}

    assert (refused(answers(worker, kind=kind), **form, **trade) == set()) is eligible


@pytest.mark.parametrize(("trade", "years"), [("high_or_heavy", 10), ("underground_or_hot", 9), ("other_harmful", 8)])
def test_a_special_trade_is_worked_in_for_the_years_of_its_kind(trade: str, years: int):
    form = {"applicant.identity_number": born("1966-01"), "retirement.date": "2026-03-10", "special_trade.kind": trade}
    given = answers("man", kind="special_trade")

    assert refused(given, **form, **{"special_trade.years": years}) == set()
    assert refused(given, **form, **{"special_trade.years": years - 1}) == {
        ("form.special_trade.years", "special-trade-years")
    }


def test_a_date_before_the_table_is_a_fault_and_not_a_way_around_it():
    form = {"applicant.identity_number": born("1800-01"), "retirement.date": "2026-01-10"}

    assert ("form.retirement.date", "value-out-of-range") in refused(answers("man", "early"), **form)


def test_while_the_form_is_empty_only_its_own_faults_are_told():
    assert refused(answers("man")) == set()
    assert derived("man") == {}
