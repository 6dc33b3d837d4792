"""An applicant who does not answer: reminded, then asked by a person; nothing waits unseen, and an answer ends it."""

from datetime import timedelta

import pytest

from one_things import commands as c
from one_things.events import Channel, TaskKind
from one_things.steps import deadlines, next_steps
from one_things.waiting import AskApplicant
from tests.one_things.given import SEALED, Story, a_plan
from tests.one_things.test_late_materials import FIRE, PHOTOS, hand_in, shop

TAX = "tax-clearance"


def corrected() -> Story:
    """A correction was asked for, and the case has noted that it waits."""
    story = Story(a_plan()).submitted(TAX).taken(TAX)
    story.when(story.decision(TAX, c.Verdict.CORRECTION))
    assert AskApplicant(item=TAX) in story.steps()
    assert story.when(c.NoteAsked(item=TAX)) == ["applicant_asked"]
    assert story.when(c.NoteAsked(item=TAX)) == []
    return story


def waits(story: Story) -> list[tuple[int, str]]:
    """(days, what follows) of the deadlines about the applicant."""
    asked_at = story.state.item(TAX).asked_at
    assert asked_at is not None
    return [
        ((one.at - asked_at).days, type(one.command).__name__)
        for one in deadlines(story.state)
        if isinstance(one.command, c.RemindApplicant | c.HandOverSilence)
    ]


def test_first_a_reminder_then_a_person():
    story = corrected()

    assert waits(story) == [(7, "RemindApplicant"), (30, "HandOverSilence")]
    assert story.when(c.RemindApplicant(item=TAX)) == ["applicant_reminded"]
    assert story.when(c.RemindApplicant(item=TAX)) == [], "once"
    assert waits(story) == [(30, "HandOverSilence")]
    assert story.when(c.HandOverSilence(item=TAX)) == ["operator_task_opened"]
    assert story.when(c.HandOverSilence(item=TAX)) == []
    assert [task.kind for task in story.state.tasks] == [TaskKind.APPLICANT_SILENT]
    assert waits(story) == []


def test_settled_without_an_answer_the_days_count_anew():
    story = corrected()
    story.when(c.HandOverSilence(item=TAX))
    story.now += timedelta(days=40)

    story.when(c.SettleTask(item=TAX, operator="operator-1", note=SEALED))
    assert story.state.item(TAX).asked_at == story.now
    assert waits(story) == [(7, "RemindApplicant"), (30, "HandOverSilence")]


def test_an_answer_ends_it_and_takes_the_task_along():
    story = corrected()
    story.when(c.HandOverSilence(item=TAX))
    story.when(c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.PHONE))
    story.when(c.BeginSubmission(item=TAX))

    assert story.state.tasks == ()
    assert story.state.item(TAX).asked_at is None
    assert not [one for one in deadlines(story.state) if isinstance(one.command, c.HandOverSilence)]
    assert story.when(c.RemindApplicant(item=TAX)) == []


def test_an_item_that_waits_for_a_material_alone_is_reminded_too():
    story = shop()
    assert AskApplicant(item=FIRE) not in next_steps(story.state)
    story.approved("shop-registration", "hygiene-permit")

    assert next_steps(story.state) == (AskApplicant(item=FIRE),)
    story.when(c.NoteAsked(item=FIRE))
    assert next_steps(story.state) == ()
    assert story.when(c.RemindApplicant(item=FIRE)) == ["applicant_reminded"]
    story.when(hand_in(PHOTOS))
    assert story.when(c.HandOverSilence(item=FIRE)) == []


@pytest.mark.parametrize("stopped", [True, False])
def test_nobody_is_reminded_in_a_case_that_stops_or_is_older_than_reminders(stopped: bool):
    story = corrected()
    if stopped:
        story.when(c.Cancel(channel=Channel.WEB))
    else:
        story.state = story.state.model_copy(update={"plan": story.state.plan.model_copy(update={"patience": None})})

    assert not [one for one in deadlines(story.state) if isinstance(one.command, c.RemindApplicant)]
