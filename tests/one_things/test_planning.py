"""From an application to a plan: what comes along, what is asked for, and every fault at once."""

from datetime import date

import pytest
from pydantic import JsonValue

from one_things.definition import Bundle
from one_things.faults import ApplicationRefused, Fault
from one_things.form import ValueRefused, normal_form
from one_things.plan import HandedIn
from one_things.planning import came_along, make_plan, needed_for
from tests.one_things.given import (
    EXIT,
    GENERAL,
    SIMPLE,
    TODAY,
    VALUES,
    a_digest,
    a_plan,
    an_application,
    the_form,
)


def faults(
    answers: dict[str, object],
    chosen: list[str] | None = None,
    form: dict[str, JsonValue] | None = None,
    materials: list[HandedIn] | None = None,
    bundle: Bundle = EXIT,
    today: date = TODAY,
) -> dict[str, Fault]:
    """The faults of an application, by field; what is not given is right."""
    application = an_application(bundle, answers, chosen, form, materials)
    with pytest.raises(ApplicationRefused) as refused:
        make_plan(bundle, application, a_digest(), today)
    return {fault.field: fault for fault in refused.value.faults}


def codes(found: dict[str, Fault]) -> dict[str, str]:
    return {field: fault.code for field, fault in found.items()}


def test_the_simple_route_holds_what_applies_and_says_why_the_rest_is_left_out():
    plan = a_plan(SIMPLE)

    assert [item.id for item in plan.items] == [
        "simple-notice",
        "tax-clearance",
        "social-insurance-closing",
        "medical-insurance-closing",
        "provident-fund-closing",
        "customs-closing",
        "registry-deregistration",
        "seal-destruction",
        "bank-account-closing",
    ]
    assert {left.id: left.reason.en for left in plan.not_chosen} == dict.fromkeys(
        ["liquidation-group-filing", "general-notice", "commerce-closing"], "It does not apply to your answers."
    )
    assert plan.item("simple-notice").notice is not None
    assert plan.item("simple-notice").notice.windows == {"registry-deregistration": 20}
    assert plan.item("registry-deregistration").pivot
    assert "commerce" not in plan.departments


def test_the_general_route_has_another_notice_and_no_window():
    plan = a_plan(GENERAL)

    assert plan.item("general-notice").notice is not None
    assert plan.item("general-notice").notice.calendar_days == 45
    assert plan.item("general-notice").notice.windows == {}
    assert plan.item("general-notice").after == ("liquidation-group-filing",)
    assert plan.item("tax-clearance").after == ("general-notice",)


def test_an_order_that_others_imply_is_not_drawn_twice():
    assert "general-notice" not in a_plan(GENERAL).item("registry-deregistration").after


def test_what_an_item_requires_comes_along():
    plan = a_plan(SIMPLE, ["seal-destruction"])

    assert [item.id for item in plan.items][-1] == "seal-destruction"
    assert "registry-deregistration" in [item.id for item in plan.items]
    assert {left.id: left.reason.en for left in plan.not_chosen}["bank-account-closing"] == "It was not chosen."
    along = came_along(EXIT, SIMPLE, ["seal-destruction"])
    assert along["registry-deregistration"] == "seal-destruction"
    assert along["tax-clearance"] == "registry-deregistration"
    assert "seal-destruction" not in along


def test_an_item_that_goes_first_does_not_come_along():
    assert [item.id for item in a_plan(GENERAL, ["tax-clearance"]).items] == ["tax-clearance"]
    assert a_plan(GENERAL, ["tax-clearance"]).item("tax-clearance").after == ()


def test_nothing_is_asked_that_a_department_holds():
    needs = needed_for(EXIT, SIMPLE, None)

    assert "company.name" not in {field.id for field in needs.fields}
    assert "tax-clearance-certificate" not in {material.id for material in needs.materials}
    lookups = {lookup.id: lookup for lookup in a_plan(SIMPLE).lookups}
    assert lookups["market-regulation.enterprise-basic"].fields == {
        "company.name": "name",
        "company.registered_address": "registered_address",
    }
    assert lookups["tax.tax-clearance-status"].by == "company.credit_code"
    registry = a_plan(SIMPLE).item("registry-deregistration")
    assert "materials.tax-clearance-certificate" in registry.fields
    assert registry.materials == ("deregistration-application", "investors-commitment")


def test_nothing_is_asked_that_the_chosen_items_do_not_need():
    needs = needed_for(EXIT, GENERAL, ["commerce-closing"])

    assert {field.id for field in needs.fields} == {"company.credit_code", "contact.name", "contact.phone"}
    assert needs.materials == ()
    assert codes(faults(GENERAL, ["commerce-closing"], form=dict(VALUES)))["form.bank.account_number"] == (
        "field-not-needed"
    )


def test_a_question_is_asked_only_where_its_answer_matters():
    assert "pending_suit" not in GENERAL
    assert a_plan(GENERAL).answers == GENERAL
    without = {name: answer for name, answer in SIMPLE.items() if name != "pending_suit"}
    assert codes(faults(without)) == {"answers.pending_suit": "answer-missing"}


@pytest.mark.parametrize(
    ("situation", "rule"),
    [
        ("owes_tax", "simple-route-unpaid-tax"),
        ("abnormal_operation", "simple-route-abnormal-operation"),
        ("shares_frozen", "simple-route-shares-frozen"),
        ("invests_elsewhere", "simple-route-invests-elsewhere"),
        ("pending_suit", "simple-route-pending-suit"),
        ("licence_revoked", "simple-route-licence-revoked"),
        ("unpaid_fines", "simple-route-unpaid-fines"),
    ],
)
def test_the_bars_of_the_simple_route(situation: str, rule: str):
    barred = faults({**SIMPLE, situation: True})

    assert codes(barred) == {f"answers.{situation}": rule}
    assert "市场主体登记管理条例" in barred[f"answers.{situation}"].reason.zh
    assert a_plan({**GENERAL, situation: True}), "on the general route it is no bar"


def test_special_measures_bar_only_the_foreign_invested():
    foreign = {**SIMPLE, "foreign_invested": True, "foreign_special_measures": True}

    assert codes(faults(foreign)) == {"answers.foreign_special_measures": "simple-route-special-measures"}
    assert a_plan({**foreign, "foreign_special_measures": False})


def test_every_fault_at_once():
    found = faults(
        {**SIMPLE, "route": "simple", "weather": "fine", "has_employees": "yes", "pending_suit": True},
        form={
            "company.credit_code": "91110000600037341X",
            "company.name": "测试企业甲有限公司",
            "legal_representative.name": " ",
            "legal_representative.identity_number": "110105194912310021",
            "legal_representative.phone": 13800000000,
            "dissolution.reason": "boredom",
            "liquidation.formed_on": "2026-02-30",
            "bank.account_number": "6" * 33,
            "colour": "red",
        },
        materials=[
            HandedIn(id="investors-commitment", digest=a_digest()),
            HandedIn(id="investors-commitment", digest=a_digest()),
            HandedIn(id="love-letter", digest=a_digest()),
        ],
    )

    assert codes(found) == {
        "answers.weather": "situation-unknown",
        "answers.has_employees": "option-unknown",
        "answers.pending_suit": "simple-route-pending-suit",
        "form.colour": "field-unknown",
        "form.company.credit_code": "credit-code-check-digit",
        "form.company.name": "field-held",
        "form.legal_representative.name": "field-missing",
        "form.legal_representative.identity_number": "identity-number-check-digit",
        "form.legal_representative.phone": "value-not-text",
        "form.dissolution.reason": "option-unknown",
        "form.liquidation.formed_on": "value-not-a-date",
        "form.bank.account_number": "value-too-long",
        "materials.investors-commitment": "material-twice",
        "materials.love-letter": "material-unknown",
        "materials.deregistration-application": "material-missing",
    } | {"form.contact.name": "field-missing", "form.contact.phone": "field-missing"}


def test_a_fault_never_repeats_what_a_person_wrote():
    secrets = ["测试申请人甲", "110105194912310021", "1380000000", "张三"]
    found = faults(
        {**SIMPLE, "张三": True, "route": "张三"},
        ["张三"],
        form={
            "张三": "张三",
            "legal_representative.identity_number": "110105194912310021",
            "legal_representative.phone": "1380000000",
            "dissolution.reason": "测试申请人甲",
        },
        materials=[HandedIn(id="张三", digest=a_digest())],
    )
    written = " ".join(f"{fault.model_dump_json()}" for fault in found.values())

    assert not [secret for secret in secrets if secret in written]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (["make-coffee"], {"chosen.0": "item-unknown"}),
        (["tax-clearance", "general-notice"], {"chosen.1": "item-not-applicable"}),
        ([], {"chosen": "nothing-chosen"}),
    ],
)
def test_choices_that_cannot_be(chosen: list[str], code: dict[str, str]):
    assert codes(faults(SIMPLE, chosen)) == code


def test_a_bundle_is_not_applied_for_before_it_is_in_force():
    assert codes(faults(SIMPLE, today=date(2025, 12, 31))) == {"bundle": "bundle-not-valid-yet"}


def test_no_answer_at_all():
    assert codes(faults({}, form={}, materials=[]))["answers.route"] == "answer-missing"


@pytest.mark.parametrize("answer", [1, 0, "true", None, [], {"a": 1}, 1.0])
def test_only_yes_and_no_answer_a_yes_no_question(answer: object):
    assert set(codes(faults({**SIMPLE, "has_employees": answer})).values()) <= {"option-unknown", "answer-missing"}


def test_a_body_of_nonsense_is_answered_in_few_words():
    found = faults(SIMPLE, form={**the_form(EXIT, SIMPLE, None), **{f"nonsense_{n}": "x" for n in range(5000)}})

    assert len(found) == 21
    assert "4980" in found["form"].reason.en


@pytest.mark.parametrize("value", ["甲\x00", "甲\x1b[2J", "甲\n\x07"])
def test_control_characters_are_refused(value: str):
    form = {**the_form(EXIT, SIMPLE, None), "contact.name": value}

    assert codes(faults(SIMPLE, form=form)) == {"form.contact.name": "value-control-character"}


def test_a_form_is_kept_in_its_normal_form():
    form: dict[str, JsonValue] = {
        "company.credit_code": " 9111 0000 6000 3734 1l",
        "legal_representative.identity_number": "11010519491231002x",
        "contact.phone": "+86 138 0000 0000",
        "contact.name": " 测试申请人乙 ",
        "bank.account_number": " ",
        "undeclared": "x",
    }

    assert normal_form(EXIT, form) == {
        "company.credit_code": "91110000600037341L",
        "legal_representative.identity_number": "11010519491231002X",
        "contact.name": "测试申请人乙",
        "contact.phone": "13800000000",
    }
    with pytest.raises(ValueRefused):
        normal_form(EXIT, {"contact.phone": "12"})
