"""Formulas: what they read and give, and every mistake in them at its line."""

from datetime import date

import pytest

from one_things.admission import usable_answers
from one_things.bundle_file import parse_bundle
from one_things.definition import Bundle
from one_things.eligibility import derived_values, eligibility_faults, eligibility_in_doubt, reckoned_form
from one_things.planning import application_faults, make_plan, needed_for
from one_things.yaml_file import FileRefused
from tests.one_things.given import a_digest, an_application
from tests.one_things.test_bundle_file import line_of

FORMULAS = """\
bundle: small-pension
version: "2026.1"
valid_from: 2026-01-01
title: {zh: 小事, en: A small errand}
summary: {zh: 一件小事, en: A small errand for tests}
departments:
  - {id: bank, title: {zh: 银行, en: Bank}}
situations:
  - {id: early, title: {zh: 提前, en: Early}, type: yes_no}
  - {id: other, title: {zh: 其他, en: Other}, type: yes_no}
tables:
  - id: ages
    title: {zh: 年龄, en: Ages}
    unit: {zh: 月, en: months}
    rows:
      - {since: 1900-01-01, value: 720}
      - {since: 1950-01-01, value: 730}
    rises: {since: 1965-01-01, every_months: 4, by: 1, to: 756}
    source: {document: 测试规定}
derived:
  - id: retires_on
    title: {zh: 退休日, en: Retires on}
    formula: "add_months(form['born'], table('ages', form['born']))"
  - id: early_on
    title: {zh: 提前日, en: Early on}
    when: early
    formula: "add_months(derived.retires_on, -12)"
eligibility:
  - id: old-enough
    when: "!early"
    require: "form['wished'] >= derived.retires_on"
    field: wished
    reason: {zh: 太早, en: Too early}
    fix: {zh: 晚些, en: Later}
    source: {document: 测试规定, article: 第一条}
  - id: nearly-old-enough
    when: early
    require: "form['wished'] >= derived.early_on && (!other || form['paid'] > 100)"
    field: wished
    reason: {zh: 太早, en: Too early}
    fix: {zh: 晚些, en: Later}
    source: {document: 测试规定}
fields:
  - {id: born, title: {zh: 出生日期, en: Born}, type: date}
  - {id: wished, title: {zh: 意愿, en: Wished}, type: date}
  - {id: paid, title: {zh: 金额, en: Paid}, type: money, required: false}
  - {id: note, title: {zh: 备注, en: Note}}
  - {id: held, title: {zh: 已有, en: Held}, source: {department: bank, dataset: data, field: held, by: note}}
items:
  - id: first
    title: {zh: 第一, en: First}
    department: bank
    kind: confirmation
    fields: [wished, paid, held, derived.retires_on, derived.early_on]
  - id: second
    title: {zh: 第二, en: Second}
    department: bank
    kind: filing
    when: other || !other && early || !early
    fields: [note]
""".replace("    when: other || !other && early || !early\n", "")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return parse_bundle(FORMULAS, "small.yaml")


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        # tables
        ("since: 1950-01-01", "since: 1900-01-01", "value: 730", "rows-unordered"),
        ("rises: {since: 1965-01-01", "rises: {since: 1950-01-01", "rises:", "rises-too-early"),
        ("by: 1, to: 756", "by: 1, to: 700", "rises:", "rises-unfit"),
        ("by: 1, to: 756", "by: 5, to: 756", "rises:", "rises-unfit"),
        ("by: 1, to: 756", "by: 0, to: 756", "rises:", "rises-unfit"),
        ("table('ages', form['born'])", "720", "id: ages", "unused"),
        ("id: early_on", "id: retires_on # again", "# again", "id-twice"),
        ("table('ages', form['born'])", "table('ages', add_months(form['born'], -6000))", "formula:",
         "formula-out-of-table"),
        # what formulas name
        ("table('ages', form['born'])", "table('age', form['born'])", "formula:", "table-unknown"),
        ("table('ages', form['born'])", "table(form['born'], form['born'])", "formula:", "formula-unclear"),
        ("form['born'], table", "form['birth'], table", "formula:", "field-unknown"),
        ("form['born'], table", "form.born, table", "formula:", "formula-unclear"),
        ("form['born'], table", "form['held'], table", "formula:", "formula-field-held"),
        ("add_months(form", "add_month(form", "formula:", "function-unknown"),
        ("form['wished'] >=", "form['wished'].getFullYear() >=", "require:", "function-unknown"),
        (">= derived.retires_on", ">= derived.retired_on", "require:", "derived-unknown"),
        ("table('ages', form['born'])", "derived.early_on", "formula:", "derived-unknown"),
        ("(!other ||", "(!others ||", "early_on && ", "situation-unknown"),
        ("field: wished\n    reason", "field: wish\n    reason", "field: wish", "field-unknown"),
        ("derived.early_on]", "derived.early]", "derived.early]", "field-unknown"),
        ("form['wished'] >= derived.retires_on", "early || 1 > 2", "require:", "formula-reads-nothing"),
        ("form['wished'] >= derived.retires_on", "form['wished'] >= # half", "# half", "formula-unreadable"),
        ("when: \"!early\"", "when: earl # slip", "# slip", "condition-situation-unknown"),
        ("- {id: other,", "- {id: today,", "id: today", "name-reserved"),
        ("{id: paid,", "{id: derived.paid,", "{id: derived.paid", "name-reserved"),
        # what comes out
        ("form['wished'] >= derived.retires_on", "derived.retires_on", "require:", "formula-not-yes-no"),
        ("form['wished'] >= derived.retires_on", "form['wished'] >= 720", "require:", "formula-unfit"),
        ("form['wished'] >= derived.retires_on", "form['wished'] - today", "require:", "formula-unfit"),
        ("form['paid'] > 100", "form['paid'] > '100'", "early_on && ", "formula-unfit"),
        ("form['paid'] > 100", "months_between(form['paid'], today) > 1", "early_on && ", "formula-unfit"),
        ("form['paid'] > 100", "birth_date(form['note']) > today", "early_on && ", "formula-unfit"),
        ("-12)", "form['paid'] > 5 ? -12 : 'x')", "-12", "formula-unfit"),
        ("add_months(derived.retires_on, -12)", "other ? derived.retires_on : 12", "? derived", "formula-kinds"),
        ("    when: \"!early\"\n    require: \"form['wished'] >= derived.retires_on",
         "    require: \"form['wished'] >= derived.early_on", "require:", "derived-not-always"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line(old: str, new: str, at: str, code: str):
    assert old in FORMULAS
    text = FORMULAS.replace(old, new, 1)

    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "small.yaml")

    found = [(fault.line, fault.code) for fault in refused.value.faults]
    assert (line_of(text, at), code) in found
    assert all(fault.fix.zh and fault.fix.en for fault in refused.value.faults)


def test_a_derived_value_asks_for_the_fields_behind_it_and_is_sent(bundle: Bundle):
    plan = make_plan(bundle, an_application(bundle, {"early": True, "other": False}, ["first"], FORM), a_digest(), DAY)

    assert plan.item("first").fields[-2:] == ("derived.retires_on", "derived.early_on")
    assert plan.reckoned_from == ("born", "paid", "wished")
    sealed = reckoned_form(bundle, {"early": True, "other": False}, FORM, DAY)
    assert sealed["derived.retires_on"] == "2025-12-10"
    assert sealed["derived.early_on"] == "2024-12-10"


def test_a_value_that_does_not_apply_is_not_there(bundle: Bundle):
    found = derived_values(bundle, usable_answers(bundle, {"early": False}), FORM, DAY)

    assert [(value.id, value.value) for value in found] == [("retires_on", date(2025, 12, 10))]


def test_what_is_demanded_has_its_source_in_the_reason(bundle: Bundle):
    faults = application_faults(
        bundle,
        an_application(bundle, {"early": False, "other": False}, ["first"], {**FORM, "wished": "2025-12-09"}),
        DAY,
    )

    (fault,) = faults
    assert (fault.field, fault.code) == ("form.wished", "old-enough")
    assert "《测试规定》第一条" in fault.reason.zh
    assert fault.fix.en == "Later"


def test_who_takes_only_other_items_is_not_measured(bundle: Bundle):
    young = an_application(bundle, {}, ["second"], {"note": "x"})

    assert application_faults(bundle, young, DAY) == ()


def test_an_answer_that_only_the_demand_needs_is_asked_for(bundle: Bundle):
    asked = needed_for(bundle, {"early": True}, ["first"]).fields

    assert eligibility_in_doubt(bundle, usable_answers(bundle, {"early": True}), asked) == {"other"}
    assert eligibility_in_doubt(bundle, usable_answers(bundle, {"early": False}), asked) == frozenset()
    faults = application_faults(bundle, an_application(bundle, {"early": True}, ["first"], FORM), DAY)
    assert [fault.field for fault in faults] == ["answers.other"]


def test_an_optional_field_must_be_filled_in_where_somebody_is_measured_by_it(bundle: Bundle):
    answers = usable_answers(bundle, {"early": True, "other": True})
    asked = needed_for(bundle, {"early": True, "other": True}, ["first"]).fields

    blank = list(eligibility_faults(bundle, answers, asked, {**FORM, "wished": "2026-02-09"}, DAY))
    enough = list(eligibility_faults(bundle, answers, asked, {**FORM, "wished": "2026-02-09", "paid": "1.01"}, DAY))

    assert [(fault.field, fault.code) for fault in blank] == [("form.paid", "field-needed")]
    assert enough == []


@pytest.mark.parametrize("born", ["9990-01-01", "0001-01-01"])
def test_an_absurd_date_is_a_fault_and_no_way_around_the_demand(bundle: Bundle, born: str):
    application = an_application(bundle, {"early": False, "other": False}, ["first"], {**FORM, "born": born})

    assert [fault.code for fault in application_faults(bundle, application, DAY)] == ["value-out-of-range"]


DAY = date(2026, 3, 2)
FORM = {"born": "1965-01-10", "wished": "2026-01-10", "note": "x"}
