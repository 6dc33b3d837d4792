"""What a department says out of place does not count, and leaves a bounded trace."""

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.case import ItemStatus
from one_things.deciding import trace_of
from one_things.deciding.set_aside import MOST_SET_ASIDE
from one_things.events import CaseOutcome, Channel, TaskKind, WhySetAside
from one_things.faults import CommandRefused
from one_things.steps import CloseCase
from tests.one_things.given import SEALED, Story, a_plan
from tests.one_things.test_payments import signed_sale

TAX = "tax-clearance"
NOTICE = "simple-notice"


def set_aside(story: Story, said: c.Decide | c.ActOfDepartment) -> list[e.Event]:
    """What the case adds to its record when it refuses this, as its door does."""
    with pytest.raises(CommandRefused) as refused:
        story.when(said)
    before = len(story.events)
    story.when(trace_of(said, refused.value))
    return story.events[before:]


def why(events: list[e.Event]) -> WhySetAside:
    [kept, *_] = events
    assert isinstance(kept, e.DecisionSetAside)
    return kept.why


def changed(decision: c.Decide, **changes: object) -> c.Decide:
    return decision.model_copy(update=changes)


def test_a_contradicting_decision_is_told_to_an_operator_and_changes_nothing():
    story = Story(a_plan(chosen=(TAX,))).approved(TAX)
    before = story.state.item(TAX)

    kept, task = set_aside(story, story.decision(TAX, c.Verdict.REFUSED, "another"))
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.code, kept.said) == (WhySetAside.CONTRADICTING, "contradicting", "refused")
    assert isinstance(task, e.OperatorTaskOpened)
    assert (task.kind, task.reason) == (TaskKind.DECISIONS_DIFFER, SEALED)
    assert story.state.item(TAX) == before


def test_an_approval_after_a_refusal_contradicts_it():
    story = Story(a_plan()).submitted(TAX).taken(TAX)
    story.when(story.decision(TAX, c.Verdict.REFUSED))
    story.when(c.Close(outcome=CaseOutcome.REFUSED))

    assert why(set_aside(story, story.decision(TAX, c.Verdict.APPROVED, "another"))) is WhySetAside.CONTRADICTING


def test_a_notice_of_contradiction_does_not_keep_a_case_open_and_is_put_right_after_closing_too():
    story = Story(a_plan(chosen=(TAX,))).approved(TAX)
    set_aside(story, story.decision(TAX, c.Verdict.REFUSED, "another"))

    assert CloseCase(outcome=CaseOutcome.COMPLETED) in story.steps()
    story.when(c.Close(outcome=CaseOutcome.COMPLETED))
    settled = c.SettleTask(item=TAX, operator="operator-1", note=SEALED)
    assert story.when(settled) == ["operator_task_settled"]
    assert story.state.tasks == ()
    with pytest.raises(CommandRefused) as refused:
        story.when(settled)
    assert refused.value.code == "case-closed"


def test_several_contradictions_are_one_notice():
    story = Story(a_plan(chosen=(TAX,))).approved(TAX)
    set_aside(story, story.decision(TAX, c.Verdict.REFUSED, "another"))

    assert len(set_aside(story, story.decision(TAX, c.Verdict.OBJECTION, "a third"))) == 1
    assert len(story.state.tasks) == 1


def test_the_same_verdict_under_another_id_is_only_late():
    story = Story(a_plan()).approved(TAX)

    assert why(set_aside(story, story.decision(TAX, c.Verdict.APPROVED, "another"))) is WhySetAside.DECIDED
    assert story.state.tasks == ()


def test_a_decision_after_the_withdrawal():
    story = Story(a_plan()).submitted(TAX).taken(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED)
    story.when(c.Cancel(channel=Channel.COUNTER))
    assert why(set_aside(story, decision)) is WhySetAside.WITHDRAWN
    story.when(c.RecordUndone(item=TAX))

    assert why(set_aside(story, changed(decision, decision_id="later"))) is WhySetAside.WITHDRAWN
    assert story.state.item(TAX).status is ItemStatus.UNDONE


def test_a_decision_after_the_item_lapsed():
    story = Story(a_plan()).approved(NOTICE)
    story.now = story.state.item("registry-deregistration").window_ends_at or story.now
    assert "item_lapsed" in story.when(c.LapseWindow(item="registry-deregistration"))
    decision = changed(story.decision("registry-deregistration", c.Verdict.APPROVED), attempt=0)

    assert why(set_aside(story, decision)) is WhySetAside.LAPSED


def test_a_decision_after_the_case_closed():
    story = Story(a_plan()).submitted(TAX)
    decision = story.decision(TAX, c.Verdict.APPROVED)
    story.when(c.Close(outcome=CaseOutcome.CANCELLED))

    assert why(set_aside(story, decision)) is WhySetAside.CASE_CLOSED


def test_a_decision_about_an_earlier_attempt():
    story = Story(a_plan()).submitted(TAX)
    stale = story.decision(TAX, c.Verdict.APPROVED)
    story.when(story.decision(TAX, c.Verdict.CORRECTION, "asks"))
    story.when(c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.WEB))
    story.submitted(TAX)

    assert why(set_aside(story, stale)) is WhySetAside.WRONG_ATTEMPT


def test_a_decision_of_another_department():
    story = Story(a_plan()).submitted(TAX)
    decision = changed(story.decision(TAX, c.Verdict.APPROVED), department="bank")

    [kept] = set_aside(story, decision)
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.department, kept.item) == (WhySetAside.WRONG_DEPARTMENT, "bank", TAX)


def test_a_decision_for_an_item_that_the_case_does_not_have():
    story = Story(a_plan()).submitted(TAX)

    assert why(set_aside(story, changed(story.decision(TAX, c.Verdict.APPROVED), item="no-such-item"))) is (
        WhySetAside.WRONG_ITEM
    )


def test_a_decision_for_an_item_that_does_not_lie_with_its_department():
    story = Story(a_plan())

    assert why(set_aside(story, story.decision(TAX, c.Verdict.APPROVED))) is WhySetAside.NOT_AWAITED


def test_a_second_correction_notice():
    story = Story(a_plan()).submitted(TAX)
    story.when(story.decision(TAX, c.Verdict.CORRECTION, "first"))
    story.when(c.AnswerCorrection(item=TAX, form=SEALED, channel=Channel.WEB))
    story.submitted(TAX)

    [kept] = set_aside(story, story.decision(TAX, c.Verdict.CORRECTION, "second"))
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.code) == (WhySetAside.NOT_ALLOWED, "correction-once")


def test_an_approval_with_the_wrong_money_or_without_all_results():
    story = signed_sale()
    story.approved("down-payment", "loan").submitted("deed-tax")
    short = changed(story.decision("deed-tax", c.Verdict.APPROVED), payment=story.made("deed-tax", amount_fen=1))
    assert why(set_aside(story, short)) is WhySetAside.WRONG_MONEY

    story.when(story.decision("deed-tax", c.Verdict.APPROVED))
    story.submitted("registration").taken("registration")
    whole = story.decision("registration", c.Verdict.APPROVED)
    assert why(set_aside(story, changed(whole, results=whole.results[:1]))) is WhySetAside.RESULT_MISSING
    assert "item_approved" in story.when(whole), "the same decision, made whole, counts"


def test_an_act_after_the_decision():
    story = Story(a_plan()).approved(TAX)
    act = c.ReturnItem(
        act_id="a-1",
        department="tax",
        item=TAX,
        attempt=1,
        reason=e.ReturnReason.TECHNICAL,
        responsible=e.Responsible.DEPARTMENT,
    )

    [kept] = set_aside(story, act)
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.said, kept.decision_id) == (WhySetAside.DECIDED, "returned", "a-1")


def test_an_act_that_is_only_too_early_leaves_no_trace():
    story = Story(a_plan()).submitted(TAX)
    act = c.EndProcedure(act_id="a-1", department="tax", item=TAX, attempt=1, procedure="x")

    assert set_aside(story, act) == []


def test_a_repeat_leaves_no_second_trace():
    story = Story(a_plan()).approved(TAX)
    late = story.decision(TAX, c.Verdict.APPROVED, "another")
    assert set_aside(story, late)

    assert set_aside(story, late) == []


def test_a_department_that_goes_on_and_on_adds_no_more_than_a_history_bears():
    story = Story(a_plan()).approved(TAX)
    told = [set_aside(story, story.decision(TAX, c.Verdict.REFUSED, f"d-{number}")) for number in range(50)]
    types = [event.type for events in told for event in events]

    assert types.count("decision_set_aside") == MOST_SET_ASIDE
    assert types.count("more_set_aside") == 1
    assert types.count("operator_task_opened") == 1


def test_what_a_stranger_says_takes_nothing_from_what_is_kept_of_the_items_own_department():
    story = Story(a_plan()).approved(TAX)
    for number in range(20):
        item = TAX if number % 2 else f"made-up-{number}"
        strange = changed(story.decision(TAX, c.Verdict.APPROVED, f"s-{number}"), department="bank", item=item)
        set_aside(story, strange)
    kept = [event for event in story.events if isinstance(event, e.SetAsideEvent)]
    assert len(kept) == MOST_SET_ASIDE + 1

    assert why(set_aside(story, story.decision(TAX, c.Verdict.REFUSED, "own"))) is WhySetAside.CONTRADICTING
