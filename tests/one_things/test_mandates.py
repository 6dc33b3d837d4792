"""Mandates: an agent acts within scope and time, and never decides for the applicant."""

from datetime import timedelta

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.faults import CommandRefused
from tests.one_things.given import OPENED_AT, SEALED, Story, a_plan

AGENT = "agent-1"
ENDS_AT = OPENED_AT + timedelta(days=10)


def mandate(*scope: e.MandateScope, agent: str = AGENT, days: int = 10) -> c.GiveMandate:
    return c.GiveMandate(
        agent=agent,
        scope=scope or (e.MandateScope.CORRECT,),
        ends_at=OPENED_AT + timedelta(days=days),
        channel=e.Channel.COUNTER,
    )


def a_case_to_correct() -> Story:
    story = Story(a_plan()).submitted("tax-clearance")
    reply = c.NeedsCorrection(points=SEALED, named=("legal_representative.phone",))
    story.when(c.RecordReply(item="tax-clearance", attempt=1, reply=reply))
    return story


def answer(by: str | None = AGENT) -> c.AnswerCorrection:
    return c.AnswerCorrection(
        item="tax-clearance", form=SEALED, fields=("legal_representative.phone",), channel=e.Channel.WEB, by=by
    )


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def test_what_an_agent_does_names_the_agent() -> None:
    story = a_case_to_correct()
    assert story.when(mandate()) == ["mandate_given"]
    assert "correction_answered" in story.when(answer())
    assert {event.by for event in story.events if event.type == "correction_answered"} == {AGENT}


def test_what_the_applicant_does_names_nobody() -> None:
    story = a_case_to_correct()
    story.when(answer(by=None))
    assert all(event.by is None for event in story.events)


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        ([], "no-mandate"),
        ([mandate(agent="agent-2")], "no-mandate"),
        ([mandate(e.MandateScope.HAND_IN)], "mandate-scope"),
        ([mandate(), c.RevokeMandate(agent=AGENT, channel=e.Channel.WEB)], "mandate-revoked"),
    ],
)
def test_without_a_mandate_that_reaches_so_far_nothing_happens(prepare: list[c.Command], code: str) -> None:
    story = a_case_to_correct()
    for command in prepare:
        story.when(command)
    assert refusal(story, answer()) == code


def test_a_mandate_that_has_ended_is_one_no_more() -> None:
    story = a_case_to_correct()
    story.when(mandate())
    story.now = ENDS_AT
    assert refusal(story, answer()) == "mandate-ended"
    assert not story.state.mandates[AGENT].holds(ENDS_AT)


def test_a_mandate_given_again_is_a_repeat_and_a_later_one_takes_its_place() -> None:
    story = a_case_to_correct()
    story.when(mandate())
    assert story.when(mandate()) == []
    assert story.when(mandate(e.MandateScope.REST, days=20)) == ["mandate_given"]
    assert story.state.mandates[AGENT].scope == (e.MandateScope.FOLLOW, e.MandateScope.REST)
    assert refusal(story, answer()) == "mandate-scope"


def test_a_revoked_mandate_can_be_given_again() -> None:
    story = a_case_to_correct()
    revoke = c.RevokeMandate(agent=AGENT, channel=e.Channel.WEB)
    assert refusal(story, revoke) == "no-mandate"
    story.when(mandate())
    assert story.when(revoke) == ["mandate_revoked"]
    assert story.when(revoke) == []
    assert story.when(mandate()) == ["mandate_given"]
    assert "correction_answered" in story.when(answer())


def test_nobody_is_their_own_agent_and_no_mandate_ends_before_it_begins() -> None:
    story = a_case_to_correct()
    assert refusal(story, mandate(agent=story.state.owner)) == "own-agent"
    assert refusal(story, mandate(days=0)) == "mandate-ends-before"
