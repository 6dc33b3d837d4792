"""The shipped retirement, as the law orders it: seventeen papers have become seven at most, one visit and no more."""

import itertools
from graphlib import TopologicalSorter

import pytest

from one_things.admission import rule_faults, usable_answers
from one_things.catalogue import Catalogue
from one_things.conditions import answers_of
from one_things.definition import Bundle
from one_things.planning import needed_for
from one_things.selection import select

RETIREMENT: Bundle = Catalogue().get("employee-retirement")
MOST_MATERIALS = 7
ALL_OF_IT = {
    "worker": "man",
    "kind": "normal",
    "timing": "at_age",
    "minimum_reached": True,
    "contributions_elsewhere": True,
    "deemed_years": True,
    "one_child": True,
    "has_provident_fund": True,
}


def all_accepted() -> list[dict[str, str | bool]]:
    names = [situation.id for situation in RETIREMENT.situations]
    every = itertools.product(*(answers_of(situation) for situation in RETIREMENT.situations))
    answered = [dict(zip(names, values, strict=True)) for values in every]
    return [given for given in answered if not any(rule_faults(RETIREMENT, usable_answers(RETIREMENT, given)))]


def test_nobody_hands_in_more_than_seven_papers_or_what_a_department_holds():
    held = {field.id for field in RETIREMENT.fields if field.source} | {"household-register"}
    accepted = all_accepted()

    assert len(accepted) > 100
    for given in accepted:
        needs = needed_for(RETIREMENT, given, None)
        assert len(needs.materials) <= MOST_MATERIALS, given
        assert not held & {asked.id for asked in (*needs.fields, *needs.materials)}, given


def test_the_order_is_transfer_deemed_years_approval_pension_benefits_and_the_first_payment():
    after = select(RETIREMENT, usable_answers(RETIREMENT, ALL_OF_IT), None).after
    order = TopologicalSorter(after)
    order.prepare()
    steps: list[set[str]] = []
    while order.is_active():
        steps.append(set(order.get_ready()))
        order.done(*steps[-1])

    assert steps == [
        {"contribution-transfer"},
        {"deemed-years-recognition"},
        {"retirement-approval"},
        {"pension-claim"},
        {"medical-insurance-continuation", "provident-fund-withdrawal", "one-child-subsidy"},
        {"first-pension-payment"},
    ]


@pytest.mark.parametrize(
    ("situation", "item"),
    [
        ("contributions_elsewhere", "contribution-transfer"),
        ("deemed_years", "deemed-years-recognition"),
        ("one_child", "one-child-subsidy"),
        ("has_provident_fund", "provident-fund-withdrawal"),
    ],
)
def test_what_does_not_concern_somebody_is_left_out(situation: str, item: str):
    with_it = select(RETIREMENT, usable_answers(RETIREMENT, ALL_OF_IT), None).items
    without = select(RETIREMENT, usable_answers(RETIREMENT, ALL_OF_IT | {situation: False}), None).items

    assert {one.id for one in with_it} - {one.id for one in without} == {item}


@pytest.mark.parametrize(
    ("given", "rule"),
    [({"timing": "early"}, "early-without-the-least-years"), ({}, "least-years-not-reached")],
)
def test_without_the_least_years_nobody_is_let_in_to_be_refused_later(given: dict[str, str], rule: str):
    answers = ALL_OF_IT | given | {"minimum_reached": False}

    assert [fault.code for fault in rule_faults(RETIREMENT, usable_answers(RETIREMENT, answers))] == [rule]


def test_a_pension_by_age_alone_is_approved_within_a_day():
    approval = next(item for item in RETIREMENT.items if item.id == "retirement-approval")

    assert [(limits.when, limits.committed) for limits in approval.limits_when] == [
        ("kind == 'normal' && !deemed_years", 1)
    ]
