"""Decisions of departments as they really come: early, twice, too late, for somebody else, asking for more."""

import pytest

from one_things import commands as c
from one_things.case import ItemStatus
from one_things.events import CaseOutcome, Channel, event_from_json, event_to_json
from one_things.faults import CommandRefused
from one_things.steps import SubmitItem, deadlines
from tests.one_things.given import SEALED, Story, a_plan

TAX = "tax-clearance"


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def test_a_decision_may_overtake_the_reply_to_the_submission():
    story = Story(a_plan()).submitted(TAX)

    assert story.when(story.decision(TAX, c.Verdict.APPROVED)) == ["item_approved"]
    assert story.when(c.RecordReply(item=TAX, attempt=1, reply=c.Taken(reference="受理"))) == []
    assert story.state.item(TAX).status is ItemStatus.APPROVED


def test_a_repeat_counts_once():
    story = Story(a_plan()).submitted(TAX).taken(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED)

    assert story.when(decision) == ["item_approved"]
    assert story.when(decision) == []


def test_another_decision_afterwards_is_too_late():
    story = Story(a_plan()).approved(TAX)

    assert refusal(story, story.decision(TAX, c.Verdict.APPROVED, "another")) == "too-late"
    assert refusal(story, story.decision(TAX, c.Verdict.REFUSED, "another")) == "contradicting"


def test_a_decision_after_the_withdrawal_is_too_late():
    story = Story(a_plan()).submitted(TAX).taken(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED)
    story.when(c.Cancel(channel=Channel.COUNTER))

    assert refusal(story, decision) == "too-late"
    story.when(c.RecordUndone(item=TAX))
    assert refusal(story, decision) == "too-late"


def test_a_decision_of_another_department_is_foreign():
    story = Story(a_plan()).submitted(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED).model_copy(update={"department": "bank"})

    assert refusal(story, decision) == "foreign"


def test_a_decision_before_the_submission_is_not_awaited():
    story = Story(a_plan())

    assert refusal(story, story.decision(TAX, c.Verdict.APPROVED)) == "not-waiting"


def test_a_decision_for_an_item_that_the_case_does_not_have():
    story = Story(a_plan()).submitted(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED).model_copy(update={"item": "general-notice"})

    assert refusal(story, decision) == "item-unknown"


@pytest.mark.parametrize(
    ("verdict", "lacking", "code"),
    [
        (c.Verdict.REFUSED, "reason", "reason-missing"),
        (c.Verdict.OBJECTION, "reason", "reason-missing"),
        (c.Verdict.CORRECTION, "points", "points-missing"),
    ],
)
def test_a_decision_against_the_applicant_says_why(verdict: c.Verdict, lacking: str, code: str):
    story = Story(a_plan()).submitted(TAX)

    assert refusal(story, story.decision(TAX, verdict).model_copy(update={lacking: None})) == code


def test_a_correction_is_answered_and_submitted_as_the_next_attempt():
    story = Story(a_plan()).submitted(TAX).taken(TAX)
    first = story.decision(TAX, c.Verdict.CORRECTION)

    assert story.when(first) == ["correction_requested"]
    assert deadlines(story.state) == (), "while the applicant corrects, the department's clock stands still"
    assert story.when(first) == [], "the same notice again"
    assert story.when(c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.WEB)) == ["correction_answered"]
    assert SubmitItem(item=TAX) in story.steps()

    story.when(c.BeginSubmission(item=TAX))
    assert story.state.item(TAX).attempt == 2
    assert story.state.corrections == (SEALED,)
    assert refusal(story, first.model_copy(update={"decision_id": "stale"})) == "too-late"


def test_an_answer_that_nobody_asked_for_is_refused():
    story = Story(a_plan()).submitted(TAX)

    assert refusal(story, c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.WEB)) == "no-correction-asked"


def test_a_reply_to_an_earlier_attempt_counts_for_nothing():
    story = Story(a_plan()).submitted(TAX)
    story.when(c.RecordReply(item=TAX, attempt=1, reply=c.NeedsCorrection(points=SEALED)))
    story.when(c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.WEB))
    story.when(c.BeginSubmission(item=TAX))

    assert story.when(c.RecordReply(item=TAX, attempt=1, reply=c.Done())) == []
    assert story.state.item(TAX).status is ItemStatus.SUBMITTED


def test_a_breached_limit_is_recorded_once_for_each_acceptance():
    story = Story(a_plan()).submitted(TAX).taken(TAX)

    assert story.when(c.BreachLimit(item=TAX)) == ["limit_breached"]
    assert story.when(c.BreachLimit(item=TAX)) == []
    story.when(story.decision(TAX, c.Verdict.CORRECTION))
    story.when(c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.WEB))
    story.submitted(TAX).taken(TAX)
    assert story.when(c.BreachLimit(item=TAX)) == ["limit_breached"]


def test_a_silent_department_is_noted_once():
    story = Story(a_plan()).submitted(TAX)

    assert story.when(c.RecordUnreachable(item=TAX)) == ["department_unreachable"]
    assert story.when(c.RecordUnreachable(item=TAX)) == []


def test_a_closed_case_takes_nothing_any_more():
    story = Story(a_plan()).submitted(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED)
    story.when(c.Close(outcome=CaseOutcome.COMPLETED))

    assert refusal(story, decision) == "case-closed"


def test_time_is_only_skipped_where_that_was_allowed():
    assert refusal(Story(a_plan()), c.FastForward(seconds=60)) == "real-time"


def test_an_operator_settles_only_what_is_open():
    command = c.SettleTask(item=TAX, operator="operator-1", note=SEALED)

    assert refusal(Story(a_plan()), command) == "no-such-task"


def test_every_event_survives_being_written_down():
    story = Story(a_plan()).approved("simple-notice", TAX)
    story.when(c.Cancel(channel=Channel.PHONE))

    assert [event_from_json(event_to_json(event)) for event in story.events] == story.events
