"""What stops a case before its pivot, what is undone then and in which order, and what the pivot forbids."""

from datetime import timedelta

import pytest

from one_things import commands as c
from one_things.case import CasePhase, ItemStatus
from one_things.events import CaseOutcome, Channel, StopReason, TaskKind
from one_things.faults import CommandRefused
from one_things.steps import CloseCase, SubmitItem, UndoItem, deadlines
from tests.one_things.given import GENERAL, SEALED, Story, a_plan
from tests.one_things.test_routes import BEFORE_THE_PIVOT

CANCEL = c.Cancel(channel=Channel.WEB)


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def test_a_refusal_before_the_pivot_stops_the_case_and_undoes_in_reverse_order():
    story = Story(a_plan(GENERAL)).approved("liquidation-group-filing", "general-notice", "social-insurance-closing")
    story.submitted("tax-clearance").taken("tax-clearance").submitted("commerce-closing")

    assert story.when(story.decision("tax-clearance", c.Verdict.REFUSED)) == ["item_refused", "case_stopped"]
    assert story.state.stop_reason is StopReason.REFUSED
    assert story.steps() == (UndoItem(item="commerce-closing"), UndoItem(item="social-insurance-closing"))

    story.when(c.RecordUndone(item="commerce-closing"))
    assert story.steps() == (UndoItem(item="social-insurance-closing"),)
    story.when(c.RecordUndone(item="social-insurance-closing"))
    assert story.steps() == (UndoItem(item="general-notice"),)
    story.when(c.RecordUndone(item="general-notice"))
    assert story.steps() == (UndoItem(item="liquidation-group-filing"),)
    story.when(c.RecordUndone(item="liquidation-group-filing"))

    assert story.steps() == (CloseCase(outcome=CaseOutcome.REFUSED),)


def test_an_objection_stops_the_simple_route():
    story = Story(a_plan()).approved("tax-clearance").submitted("simple-notice").taken("simple-notice")

    assert story.when(story.decision("simple-notice", c.Verdict.OBJECTION)) == ["item_refused", "case_stopped"]
    assert story.state.stop_reason is StopReason.OBJECTED
    assert story.steps() == (UndoItem(item="tax-clearance"),)


def test_nobody_shortens_a_public_notice():
    story = Story(a_plan()).submitted("simple-notice").taken("simple-notice")

    assert refusal(story, story.decision("simple-notice", c.Verdict.APPROVED)) == "not-waiting"


def test_the_window_after_the_notice_lapses():
    story = Story(a_plan()).approved("simple-notice")
    (deadline,) = deadlines(story.state)

    assert deadline.command == c.LapseWindow(item="registry-deregistration")
    assert deadline.at - story.state.item("simple-notice").notice_ends_at == timedelta(days=20)
    assert story.when(deadline.command) == ["item_lapsed", "case_stopped"]
    assert story.state.stop_reason is StopReason.LAPSED
    assert story.steps() == (UndoItem(item="simple-notice"),)


def test_what_was_handed_in_within_the_window_does_not_lapse_by_a_correction():
    story = Story(a_plan()).approved(*BEFORE_THE_PIVOT).submitted("registry-deregistration")
    story.when(c.RecordReply(item="registry-deregistration", attempt=1, reply=c.NeedsCorrection(points=SEALED)))
    story.when(c.AnswerCorrection(item="registry-deregistration", form=SEALED, channel=Channel.WEB))

    assert deadlines(story.state) == ()
    assert story.when(c.LapseWindow(item="registry-deregistration")) == []


def test_cancelling_before_the_pivot_withdraws_and_undoes():
    story = Story(a_plan()).approved("tax-clearance").submitted("customs-closing")

    assert story.when(CANCEL) == ["case_stopped"]
    assert story.steps() == (UndoItem(item="customs-closing"), UndoItem(item="tax-clearance"))
    assert story.when(CANCEL) == [], "a second time is a repeat"
    story.when(c.RecordUndone(item="customs-closing"))
    story.when(c.RecordUndone(item="tax-clearance"))
    assert story.steps() == (CloseCase(outcome=CaseOutcome.CANCELLED),)


def test_cancelling_while_a_correction_goes_back_withdraws_it_too():
    story = Story(a_plan()).submitted("tax-clearance")
    story.when(c.RecordReply(item="tax-clearance", attempt=1, reply=c.NeedsCorrection(points=SEALED)))
    story.when(c.AnswerCorrection(item="tax-clearance", form=SEALED, channel=Channel.WEB))
    story.when(CANCEL)

    assert story.steps() == (UndoItem(item="tax-clearance"),)
    assert story.when(c.RecordUndone(item="tax-clearance")) == ["item_undone"]


def test_cancelling_while_the_pivot_is_decided_is_refused():
    story = Story(a_plan()).approved(*BEFORE_THE_PIVOT).submitted("registry-deregistration")

    assert refusal(story, CANCEL) == "pivot-being-decided"


def test_cancelling_after_the_pivot_is_refused():
    story = Story(a_plan()).approved(*BEFORE_THE_PIVOT, "registry-deregistration")

    assert refusal(story, CANCEL) == "pivot-passed"
    assert story.state.phase is CasePhase.OPEN


def test_a_refusal_after_the_pivot_becomes_a_task_and_the_rest_goes_on():
    story = Story(a_plan()).approved(*BEFORE_THE_PIVOT, "registry-deregistration").submitted("seal-destruction")

    assert story.when(story.decision("seal-destruction", c.Verdict.REFUSED)) == [
        "item_refused",
        "operator_task_opened",
    ]
    assert story.state.tasks[0].kind is TaskKind.REFUSED_AFTER_PIVOT
    assert story.steps() == (SubmitItem(item="bank-account-closing"),)

    story.approved("bank-account-closing")
    assert story.steps() == (), "it waits for the operator"

    story.when(c.SettleTask(item="seal-destruction", operator="operator-1", note=SEALED))
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_an_undo_that_fails_becomes_a_task_and_the_case_waits():
    story = Story(a_plan()).approved("tax-clearance")
    story.when(CANCEL)

    assert story.when(c.RecordUndone(item="tax-clearance", failed=True, refused=SEALED)) == ["operator_task_opened"]
    assert story.state.item("tax-clearance").status is ItemStatus.UNDO_FAILED
    assert story.steps() == ()
    assert story.when(c.RecordUndone(item="tax-clearance", failed=True, refused=SEALED)) == [], "one task is enough"

    story.when(c.SettleTask(item="tax-clearance", operator="operator-1", note=SEALED))
    assert story.steps() == (CloseCase(outcome=CaseOutcome.CANCELLED),)


def test_an_item_is_undone_once_and_only_when_the_case_stops():
    story = Story(a_plan()).approved("tax-clearance", "customs-closing")
    assert story.when(c.RecordUndone(item="tax-clearance")) == []

    story.when(CANCEL)
    assert story.when(c.RecordUndone(item="tax-clearance")) == ["item_undone"]
    assert story.when(c.RecordUndone(item="tax-clearance")) == []


def test_without_a_pivot_a_refusal_holds_up_only_what_comes_after():
    story = Story(a_plan(GENERAL, ["tax-clearance", "commerce-closing"])).submitted("tax-clearance")

    assert story.when(story.decision("tax-clearance", c.Verdict.REFUSED)) == ["item_refused"]
    assert story.steps() == (SubmitItem(item="commerce-closing"),)

    story.approved("commerce-closing")
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_without_a_pivot_what_comes_after_a_refusal_never_begins_and_the_case_ends():
    story = Story(a_plan(GENERAL, ["general-notice"])).submitted("liquidation-group-filing")
    story.when(story.decision("liquidation-group-filing", c.Verdict.REFUSED))

    assert story.steps() == (CloseCase(outcome=CaseOutcome.REFUSED),)
