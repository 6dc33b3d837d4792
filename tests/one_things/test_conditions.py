"""Conditions: what they may say, and what they mean when not every answer is known."""

import pytest

from one_things.conditions import Answers, Unanswered, condition_faults, is_possible
from one_things.definition import Option, Situation
from one_things.text import Text

TITLE = Text(zh="情形", en="situation")
SITUATIONS = {
    "route": Situation(
        id="route",
        title=TITLE,
        type="choice",
        options=(Option(value="simple", title=TITLE), Option(value="general", title=TITLE)),
    ),
    "owes_tax": Situation(id="owes_tax", title=TITLE, type="yes_no"),
    "pending_suit": Situation(id="pending_suit", title=TITLE, type="yes_no"),
}


@pytest.mark.parametrize(
    "condition",
    [
        "owes_tax",
        "!owes_tax",
        "route == 'simple'",
        'route != "simple" && owes_tax',
        "route in ['simple'] || (owes_tax && !pending_suit)",
        "owes_tax == pending_suit",
        "route == 'simple' ? owes_tax : pending_suit",
    ],
)
def test_a_condition_that_says_yes_or_no(condition: str):
    assert condition_faults(condition, SITUATIONS, "items.0.when") == ()


@pytest.mark.parametrize(
    ("condition", "code", "hint"),
    [
        ("route ==", "condition-unreadable", "near character 9"),
        ("route = 'simple'", "condition-unreadable", "near character"),
        ("rout == 'simple'", "condition-situation-unknown", "Known: route."),
        ("owes_tax && owes_taxes", "condition-situation-unknown", "Known: owes_tax."),
        ("route == 'simpel'", "condition-option-unknown", "Known: simple."),
        ("route in ['simple', 'generall']", "condition-option-unknown", "Known: general."),
        ("route", "condition-not-yes-no", "route == 'simple'"),
        ("size(route)", "condition-not-yes-no", "Compare"),
        ("route > 3", "condition-not-yes-no", "Compare"),
        ("route == 1", "condition-no-difference", "'simple', 'general'"),
        ("owes_tax == 'simple' || route == 'simple'", "condition-no-difference", "Write owes_tax or !owes_tax"),
        ("owes_tax || !owes_tax", "condition-no-difference", "Write owes_tax"),
        ("true", "condition-unfit", "leave the condition out"),
        ("shout(owes_tax)", "condition-not-yes-no", "Compare"),
    ],
)
def test_a_condition_that_does_not(condition: str, code: str, hint: str):
    (fault,) = condition_faults(condition, SITUATIONS, "items.0.when")

    assert (fault.field, fault.code) == ("items.0.when", code)
    assert hint in f"{fault.reason.en} {fault.fix.en}"


def test_a_missing_answer_matters_only_where_it_changes_the_outcome():
    bar = "owes_tax && route == 'simple'"

    assert not Answers({"route": "general"}).meet(bar)
    assert not Answers({"owes_tax": False}).meet(bar)
    with pytest.raises(Unanswered) as unanswered:
        Answers({"route": "simple"}).meet(bar)
    assert unanswered.value.situations == ("owes_tax",)


def test_no_condition_always_holds():
    assert Answers({}).meet(None)


def test_a_condition_that_the_bars_exclude_is_impossible():
    assert is_possible(["owes_tax"], ["route == 'simple' && owes_tax"], SITUATIONS)
    assert not is_possible(["owes_tax && route == 'simple'"], ["route == 'simple' && owes_tax"], SITUATIONS)
    assert not is_possible(["owes_tax", "!owes_tax"], [], SITUATIONS)
