"""Linked changes after the pivot fail alone: no task, no other outcome, and the case ends when all are decided."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from one_things import commands as c
from one_things.bundle_file import parse_bundle
from one_things.case import ItemStatus
from one_things.events import CaseOutcome
from one_things.plan import DeferredMaterial, Plan
from one_things.planning import make_plan
from one_things.steps import CloseCase, SubmitItem, deadlines
from one_things.text import Text
from one_things.yaml_file import FileRefused
from tests.one_things.given import Story, a_digest, an_application
from tests.one_things.test_bundle_file import line_of

TEXT = (Path(__file__).parents[1] / "flows/bundles/new-home.yaml").read_text(encoding="utf-8")
BUNDLE = parse_bundle(TEXT, "new-home.yaml")
FORM = {
    "owner.name": "测试申请人甲",
    "owner.identity_number": "11010519491231002X",
    "owner.phone": "13800138000",
    "home.address": "测试路九十九号",
}


def a_plan(moves_family: bool = True) -> Plan:
    application = an_application(BUNDLE, {"moves_family": moves_family}, form=FORM)
    return make_plan(BUNDLE, application, a_digest(), date(2026, 3, 2))


def moved(moves_family: bool = True) -> Story:
    return Story(a_plan(moves_family)).approved("residence")


def test_linked_changes_begin_side_by_side_after_the_pivot():
    assert set(moved().steps()) == {SubmitItem(item="water-account"), SubmitItem(item="power-account")}


def test_a_refused_linked_change_opens_no_task_and_leaves_the_outcome():
    story = moved(False).submitted("water-account").taken("water-account")

    assert story.when(story.decision("water-account", c.Verdict.REFUSED)) == ["item_refused"]
    assert story.state.tasks == ()
    story.approved("power-account")
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_the_case_waits_for_a_linked_change_until_it_is_decided():
    story = moved(False).approved("power-account").submitted("water-account").taken("water-account")

    assert story.steps() == ()
    story.when(story.decision("water-account", c.Verdict.APPROVED))
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_what_comes_after_a_failed_linked_change_is_dropped_with_it():
    story = moved().approved("water-account").submitted("power-account").taken("power-account")
    story.when(story.decision("power-account", c.Verdict.REFUSED))

    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_a_department_that_never_answers_is_given_up_after_a_day_and_is_too_late_then():
    story = moved(False).approved("power-account").submitted("water-account")
    story.when(c.RecordUnreachable(item="water-account"))
    (deadline,) = deadlines(story.state)

    assert deadline.at == story.now + timedelta(hours=24)
    assert story.when(deadline.command) == ["linked_change_given_up"]
    assert (story.state.item("water-account").status, story.state.tasks) == (ItemStatus.LAPSED, ())
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)
    assert story.when(deadline.command) == []


def test_a_department_that_answers_in_time_is_not_given_up():
    story = moved(False).submitted("water-account")
    story.when(c.RecordUnreachable(item="water-account"))
    story.taken("water-account")

    assert story.when(c.ReportSilence(item="water-account")) == []


def test_a_later_silence_takes_nothing_back_that_was_approved():
    plan = a_plan(False)
    title = Text(zh="过户合同", en="contract")
    deferred = DeferredMaterial(id="contract", title=title, working_days=5, when_missing="operator_task")
    items = tuple(
        item.model_copy(update={"materials": ("contract",)}) if item.id == "water-account" else item
        for item in plan.items
    )
    story = Story(plan.model_copy(update={"items": items, "deferred": (deferred,)}))
    due_at = story.now + timedelta(days=5)
    story.when(c.RecordDeferral(material="contract", due_on=due_at.date(), due_at=due_at))
    story.approved("residence", "power-account", "water-account")
    story.when(c.HandInMaterials(materials={"contract": a_digest()}, channel="web"))
    story.when(c.RecordUnreachable(item="water-account"))  # it does not take the contract
    silence = c.ReportSilence(item="water-account")

    assert silence in [deadline.command for deadline in deadlines(story.state)]
    assert story.when(silence) == ["operator_task_opened"]
    assert story.state.item("water-account").status is ItemStatus.APPROVED


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        ("    pivot: true\n", "", "linked: true", "linked-before-pivot"),
        ("    pivot: true\n", "    linked: true # first\n    pivot: true\n", "# first", "linked-before-pivot"),
        (
            "    fields: [home.address]\n    linked: true\n",
            "    fields: [home.address]\n",
            "power-meter",
            "after-linked",
        ),
    ],
)
def test_a_linked_change_stands_after_the_pivot_and_last(old: str, new: str, at: str, code: str):
    text = TEXT.replace(old, new, 1)

    with pytest.raises(FileRefused) as refused:
        parse_bundle(text, "new-home.yaml")

    assert (line_of(text, at), code) in [(fault.line, fault.code) for fault in refused.value.faults]
