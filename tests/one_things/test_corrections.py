"""Correction notices: once, structured, answered by fields and materials; a second one needs an operator."""

import pytest

from one_things import commands as c
from one_things.case import ItemStatus
from one_things.correctable import asked_by_name
from one_things.events import Channel, TaskKind
from one_things.faults import CommandRefused
from one_things.hand_in import materials_of
from one_things.steps import CloseCase, SubmitItem
from tests.one_things.given import GENERAL, SEALED, Story, a_digest, a_plan

TAX = "tax-clearance"
FILING = "liquidation-group-filing"
RESOLUTION = "shareholders-resolution"
PHONE = "legal_representative.phone"
NEW = "sha-256:" + "1" * 64


def asked(item: str, *named: str, plan_answers: dict[str, str | bool] | None = None) -> Story:
    """A department took the item and asks for these to be put right."""
    story = Story(a_plan() if plan_answers is None else a_plan(plan_answers)).submitted(item).taken(item)
    story.when(story.decision(item, c.Verdict.CORRECTION).model_copy(update={"named": named}))
    return story


def answer(item: str, *fields: str, **materials: str) -> c.AnswerCorrection:
    renamed = {name.replace("_", "-"): digest for name, digest in materials.items()}
    return c.AnswerCorrection(item=item, form=SEALED, fields=fields, materials=renamed, channel=Channel.WEB)


def permission(item: str) -> c.PermitCorrection:
    return c.PermitCorrection(item=item, operator="operator-1", reason=SEALED)


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def test_a_new_material_takes_the_place_of_the_old_one_and_the_rest_stays():
    story = asked(FILING, RESOLUTION, plan_answers=GENERAL)

    assert story.when(answer(FILING, shareholders_resolution=NEW)) == ["correction_answered"]
    plan, state = story.state.plan, story.state
    assert {m.id: m.digest for m in materials_of(plan, FILING, state.handed_in)} == {RESOLUTION: NEW}
    others = {m.id: m.digest for m in materials_of(plan, "registry-deregistration", state.handed_in)}
    assert others == {
        "deregistration-application": a_digest(), RESOLUTION: NEW, "liquidation-report": a_digest()
    }, "one material, wherever it is used"  # fmt: skip
    assert SubmitItem(item=FILING) in story.steps()


@pytest.mark.parametrize(
    "wrong",
    [
        answer(TAX, "legal_representative.name"),
        answer(TAX, PHONE, deregistration_application=NEW),
        answer(TAX, "company.credit_code"),
        answer(TAX, "company.name"),
    ],
)
def test_only_what_the_points_name_may_change(wrong: c.AnswerCorrection):
    story = asked(TAX, PHONE)

    assert refusal(story, wrong) == "not-asked"
    assert story.when(answer(TAX, PHONE)) == ["correction_answered"]


def test_a_point_about_the_item_as_a_whole_leaves_all_of_it_open_and_nothing_of_others():
    story = asked(TAX, PHONE, "application")

    assert story.state.item(TAX).asks is None
    assert refusal(story, answer(TAX, "bank.account_number")) == "not-asked"
    assert story.when(answer(TAX, "legal_representative.name")) == ["correction_answered"]


def test_names_are_taken_once_and_only_those_of_the_item():
    planned = a_plan().item(TAX)

    assert asked_by_name(planned, [PHONE, PHONE, "company.name"]) == (PHONE, "company.name")
    assert asked_by_name(planned, [PHONE, "bank.account_number"]) is None
    assert asked_by_name(planned, [""]) is None
    assert asked_by_name(planned, []) is None


def test_a_second_notice_is_refused_unless_an_operator_permits_it():
    story = asked(TAX, PHONE)
    story.when(answer(TAX, PHONE))
    story.submitted(TAX).taken(TAX)
    again = story.decision(TAX, c.Verdict.CORRECTION, "second")

    assert refusal(story, again) == "correction-once"
    assert story.state.item(TAX).status is ItemStatus.ACCEPTED, "nothing of it counted"
    assert story.when(permission(TAX)) == ["correction_permitted"]
    assert refusal(story, permission(TAX)) == "correction-open"
    assert story.when(again) == ["correction_requested"]
    story.when(answer(TAX, PHONE))
    story.submitted(TAX).taken(TAX)
    assert refusal(story, story.decision(TAX, c.Verdict.CORRECTION, "third")) == "correction-once"


def test_a_permission_is_only_given_for_a_second_notice():
    assert refusal(Story(a_plan()).submitted(TAX).taken(TAX), permission(TAX)) == "correction-open"


def second_notice_in_the_reply() -> Story:
    story = asked(TAX, PHONE)
    story.when(answer(TAX, PHONE))
    story.submitted(TAX)
    reply = c.NeedsCorrection(points=SEALED, named=(PHONE,))
    events = story.when(c.RecordReply(item=TAX, attempt=2, reply=reply))
    assert events == ["correction_held_back", "operator_task_opened"]
    return story


def test_a_second_notice_in_a_reply_waits_for_an_operator_who_lets_it_through():
    story = second_notice_in_the_reply()

    assert [task.kind for task in story.state.tasks] == [TaskKind.SECOND_CORRECTION]
    assert not [step for step in story.steps() if isinstance(step, CloseCase | SubmitItem) and "tax" in str(step)]
    assert story.when(permission(TAX)) == ["correction_permitted", "correction_requested"]
    assert story.state.tasks == ()
    assert (story.state.item(TAX).status, story.state.item(TAX).asks) == (ItemStatus.CORRECTION, (PHONE,))
    assert refusal(story, permission(TAX)) == "correction-open", "said twice, it permits no third notice"


def test_or_has_the_item_sent_once_more():
    story = second_notice_in_the_reply()

    story.when(c.SettleTask(item=TAX, operator="operator-1", note=SEALED))
    assert SubmitItem(item=TAX) in story.steps()
    story.when(c.BeginSubmission(item=TAX))
    assert story.state.item(TAX).attempt == 3


def test_a_decision_that_comes_nevertheless_overtakes_the_operator():
    story = second_notice_in_the_reply()

    assert story.when(story.decision(TAX, c.Verdict.APPROVED)) == ["item_approved"]
    assert story.when(permission(TAX)) == ["correction_permitted"], "there is nothing left to be asked for"
    assert story.state.item(TAX).status is ItemStatus.APPROVED


def test_a_plan_older_than_the_rule_keeps_the_old_one():
    story = Story(a_plan().model_copy(update={"one_correction": False})).submitted(TAX).taken(TAX)
    for number in ("first", "second"):
        assert story.when(story.decision(TAX, c.Verdict.CORRECTION, number)) == ["correction_requested"]
        story.when(answer(TAX, PHONE))
        story.submitted(TAX).taken(TAX)
