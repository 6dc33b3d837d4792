"""Received, accepted by word or by silence, returned: what a department may do before acceptance, and what no more."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.dates import AcceptanceRequest
from activities.models import SubmitRequest
from activities.reckoning import Reckoning
from one_things import commands as c
from one_things.acceptance_steps import ReckonAcceptance, ReckonSilence
from one_things.case import CasePhase, ItemStatus
from one_things.events import Channel, Responsible, ReturnReason
from one_things.faults import CommandRefused
from one_things.steps import SubmitItem, UndoItem, deadlines
from tests.one_things.given import SEALED, Story, a_plan

TAX = "tax-clearance"
PHONE = "legal_representative.phone"


def received(story: Story | None = None, *, provisional: bool = False) -> Story:
    """The tax department has the item and has not accepted it."""
    story = story or Story(a_plan())
    story.submitted(TAX)
    reply = c.Received(
        reference="收-1",
        handed_in_at=story.now,
        deemed_on=(story.now + timedelta(days=7)).date(),
        deemed_at=story.now + timedelta(days=7),
        provisional=provisional,
    )
    attempt = story.state.item(TAX).attempt
    assert story.when(c.RecordReply(item=TAX, attempt=attempt, reply=reply)) == ["item_received"]
    return story


def act(kind: type[c.AcceptItem] | type[c.ReturnItem], story: Story, **says: object) -> c.ActOfDepartment:
    who = {"act_id": f"{kind.__name__}-1", "department": "tax", "item": TAX, "attempt": story.state.item(TAX).attempt}
    return kind(**{**who, **says})


def returned(story: Story, reason: ReturnReason = ReturnReason.FORM_FAULTY, **says: object) -> c.ActOfDepartment:
    return act(c.ReturnItem, story, reason=reason, responsible=Responsible.APPLICANT, note=SEALED, **says)


def acceptance(story: Story) -> c.RecordAcceptance:
    due_at = story.now + timedelta(days=10)
    taken = c.Taken(reference="收-1", due_on=due_at.date(), due_at=due_at)
    return c.RecordAcceptance(item=TAX, attempt=story.state.item(TAX).attempt, taken=taken)


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def silent(story: Story) -> Story:
    """Until the days are over in which the department could have spoken."""
    item = story.state.item(TAX)
    assert item.received is not None
    story.now = item.received.deemed_at
    return story


def test_what_is_only_received_has_no_clock_and_a_last_day_of_silence():
    story = received()

    assert story.state.item(TAX).status is ItemStatus.RECEIVED
    assert [one.command for one in deadlines(story.state)] == [c.DeemAccepted(item=TAX)]


def test_acceptance_by_word_begins_the_clock_then():
    story = received()
    accepts = act(c.AcceptItem, story)

    assert story.when(accepts) == ["acceptance_declared"]
    declared_at = story.now
    assert story.when(accepts) == [], "the same again"
    assert ReckonAcceptance(item=TAX) in story.steps()
    assert deadlines(story.state) == ()
    assert story.when(acceptance(story)) == ["item_accepted"]
    assert story.when(acceptance(story)) == []
    item = story.state.item(TAX)
    assert (item.status, item.accepted_at, item.reference) == (ItemStatus.ACCEPTED, declared_at, "收-1")


def test_silence_accepts_from_the_day_of_hand_in():
    story = received()
    known = story.state.item(TAX).received
    assert known is not None
    assert story.when(c.DeemAccepted(item=TAX)) == [], "not before its time"
    silent(story)

    assert story.when(c.DeemAccepted(item=TAX)) == ["item_deemed_accepted"]
    assert story.when(c.DeemAccepted(item=TAX)) == []
    story.when(acceptance(story))
    assert story.state.item(TAX).accepted_at == known.handed_in_at
    assert refusal(story, story.decision(TAX, c.Verdict.CORRECTION)) == "deemed-accepted"
    assert refusal(story, returned(story)) == "accepted-already"
    assert story.when(story.decision(TAX, c.Verdict.APPROVED)) == ["item_approved"]


def test_a_correction_in_time_ends_the_silence_and_the_next_attempt_begins_anew():
    story = received()
    notice = story.decision(TAX, c.Verdict.CORRECTION).model_copy(update={"named": (PHONE,)})

    assert story.when(notice) == ["correction_requested"]
    assert deadlines(story.state) == ()
    story.when(c.AnswerCorrection(item=TAX, form=SEALED, fields=(PHONE,), channel=Channel.WEB))
    received(story)
    assert [one.command for one in deadlines(story.state)] == [c.DeemAccepted(item=TAX)]


def test_a_decision_needs_no_acceptance():
    assert received().when(received().decision(TAX, c.Verdict.APPROVED)) == ["item_approved"]


def test_a_provisional_last_day_is_reckoned_anew_before_silence_counts():
    story = silent(received(provisional=True))

    assert story.when(c.DeemAccepted(item=TAX)) == ["silence_doubted"]
    assert ReckonSilence(item=TAX) in story.steps()
    assert deadlines(story.state) == ()
    later = story.now + timedelta(days=2)
    reckoned = c.RecordSilence(item=TAX, deemed_on=later.date(), deemed_at=later)
    assert story.when(reckoned) == ["silence_reckoned"]
    assert story.when(reckoned) == []
    assert story.when(c.DeemAccepted(item=TAX)) == []
    assert silent(story).when(c.DeemAccepted(item=TAX)) == ["item_deemed_accepted"]


def test_a_returned_item_is_put_right_and_handed_in_as_the_next_attempt():
    story = received()
    gives_back = returned(story)

    assert story.when(gives_back) == ["item_returned"]
    assert story.when(gives_back) == [], "the same again"
    assert story.state.item(TAX).status is ItemStatus.RETURNED
    story.when(c.NoteAsked(item=TAX))
    assert not [step for step in story.steps() if "tax" in str(step)], "nothing happens without the applicant"
    again = c.AnswerCorrection(item=TAX, form=SEALED, fields=(PHONE,), channel=Channel.WEB)
    assert story.when(again) == ["item_handed_in_again"]
    assert SubmitItem(item=TAX) in story.steps()
    story.when(c.BeginSubmission(item=TAX))
    assert (story.state.item(TAX).attempt, story.state.item(TAX).returned) == (2, None)
    assert story.state.item(TAX).corrections_asked == 0, "a return is no correction notice"


def test_a_return_leaves_nothing_to_be_undone():
    story = received()
    story.when(returned(story))
    story.when(c.Cancel(channel=Channel.WEB))

    assert UndoItem(item=TAX) not in story.steps()


@pytest.mark.parametrize("reason", [reason for reason in ReturnReason if reason.final])
def test_where_handing_in_again_cannot_help_a_return_is_a_refusal(reason: ReturnReason):
    story = received()

    assert story.when(returned(story, reason)) == ["item_returned", "item_refused", "case_stopped"]
    assert story.state.item(TAX).code == f"returned-{reason.value}"
    assert story.state.phase is CasePhase.STOPPING


def test_what_is_accepted_is_decided_and_not_returned():
    story = Story(a_plan()).submitted(TAX).taken(TAX)

    assert refusal(story, returned(story)) == "accepted-already"
    assert refusal(story, act(c.AcceptItem, story)) == "accepted-already"
    assert refusal(story, act(c.AcceptItem, story, department="customs")) == "foreign"
    assert refusal(story, act(c.AcceptItem, story, attempt=2)) == "too-late"
    story.when(story.decision(TAX, c.Verdict.APPROVED))
    assert refusal(story, returned(story)) == "too-late"


def test_an_act_may_overtake_the_reply_to_the_submission():
    story = Story(a_plan()).submitted(TAX)

    assert story.when(returned(story)) == ["item_returned"]
    assert story.when(c.RecordReply(item=TAX, attempt=1, reply=c.Taken(reference="收-1"))) == []


THURSDAY = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)  # the day before Mid-Autumn; National Day follows


async def test_five_working_days_of_silence_lead_over_the_holidays_of_autumn_2026():
    request = SubmitRequest(
        case_no="4419-2026-000017", item=TAX, attempt=1, department="tax", fields=(), materials=(), sealed_fields=(),
        committed_days=10, notice=None, at=THURSDAY,
    )  # fmt: skip
    reply = await Reckoning().received(request, "收-1", timedelta())

    # By the notice for 2026: 25–27 September and 1–7 October are free, 20 September and 10 October are worked.
    assert reply.deemed_on.isoformat() == "2026-10-09"
    assert reply.handed_in_at == THURSDAY


async def test_a_limit_after_silence_counts_from_hand_in_and_a_notice_from_now():
    reckoning = Reckoning()
    request = AcceptanceRequest(
        reference="收-1", at=datetime(2026, 3, 2, 2, tzinfo=UTC), now=datetime(2026, 3, 9, 16, tzinfo=UTC),
        committed_days=10,
    )  # fmt: skip
    taken = (await reckoning.reckon_acceptance(request)).taken

    assert taken.due_on is not None
    assert taken.due_on.isoformat() == "2026-03-16"
