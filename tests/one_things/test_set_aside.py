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
from tests.one_things.house_sale import Sale
from tests.one_things.test_payments import signed_sale

TAX = "tax-clearance"
NOTICE = "simple-notice"


def set_aside(story: Story, said: c.Decide | c.ActOfDepartment | c.Sign | c.RefuseSignature) -> list[e.Event]:
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


def refuses(party: str, number: str = "n-1") -> c.RefuseSignature:
    """The bank of this name does not sign the contract."""
    return c.RefuseSignature(item="contract", party=party, department=party, act_id=number, reason=SEALED, attempt=1)


def signs(story: Sale, party: str, number: str, **changes: object) -> c.Sign:
    """A signature of this party under an act's own number."""
    return story.signature(party).model_copy(update={"by": number, "attempt": 1, **changes})


def test_a_signature_after_the_signing_lapsed():
    story = Sale().drawn_up()
    signing = story.state.item("contract").signing
    assert signing is not None
    story.now = signing.ends_at
    assert why(set_aside(story, signs(story, "old-bank", "s-1"))) is WhySetAside.LAPSED, "also before that is noted"
    story.when(c.LapseSigning(item="contract"))

    [kept] = set_aside(story, refuses("old-bank"))
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.code, kept.said, kept.attempt, kept.decision_id) == (
        WhySetAside.LAPSED, "signing-lapsed", "signature_refused", 1, "n-1"
    )  # fmt: skip
    assert story.state.tasks == ()


def test_a_signature_after_the_case_was_given_up():
    story = Sale().drawn_up()
    story.when(c.Cancel(channel=Channel.WEB))

    assert why(set_aside(story, signs(story, "old-bank", "s-1"))) is WhySetAside.WITHDRAWN
    assert why(set_aside(story, refuses("new-bank"))) is WhySetAside.WITHDRAWN


def test_a_signature_after_a_refusal_is_too_late():
    story = Sale().drawn_up()
    story.when(refuses("old-bank"))
    assert story.when(refuses("old-bank")) == [], "a repeat is a success"

    assert why(set_aside(story, signs(story, "old-bank", "s-1"))) is WhySetAside.WITHDRAWN
    story.when(c.Close(outcome=CaseOutcome.REFUSED))
    assert why(set_aside(story, refuses("old-bank", "n-2"))) is WhySetAside.CASE_CLOSED


def test_who_signs_twice_leaves_no_trace():
    story = Sale().drawn_up().signed("old-bank")

    assert story.when(signs(story, "old-bank", "signer-1")) == []
    assert story.when(signs(story, "old-bank", "another")) == []


def test_a_signature_under_another_document():
    story = Sale().drawn_up()
    stale = signs(story, "old-bank", "s-1", digest="sha-256:" + "9" * 64)

    assert why(set_aside(story, stale)) is WhySetAside.WRONG_ATTEMPT


def test_a_strange_institution_signs_for_nobody():
    story = Sale().drawn_up()
    strange = {"department": "tax"}
    [kept] = set_aside(story, signs(story, "old-bank", "s-1", **strange))
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.department, kept.said) == (WhySetAside.WRONG_DEPARTMENT, "tax", "signed")

    assert why(set_aside(story, refuses("old-bank").model_copy(update=strange))) is WhySetAside.WRONG_DEPARTMENT
    assert why(set_aside(story, signs(story, "seller", "s-2", department="old-bank"))) is WhySetAside.WRONG_DEPARTMENT
    assert why(set_aside(story, signs(story, "old-bank", "s-3", item="no-such-item"))) is WhySetAside.WRONG_ITEM
    nowhere = refuses("old-bank", "n-2").model_copy(update={"item": "no-such-item"})
    assert why(set_aside(story, nowhere)) is WhySetAside.WRONG_ITEM


def test_a_signature_that_nobody_awaits():
    story = Sale()
    assert why(set_aside(story, signs(story, "old-bank", "s-1"))) is WhySetAside.NOT_AWAITED

    story.drawn_up()
    assert why(set_aside(story, signs(story, "old-bank", "s-2", item="deed-tax"))) is WhySetAside.NOT_AWAITED


def test_who_refuses_what_all_have_signed_contradicts_itself():
    story = Sale().drawn_up().signed()
    before = story.state.item("contract")

    kept, task = set_aside(story, refuses("old-bank"))
    assert isinstance(kept, e.DecisionSetAside)
    assert (kept.why, kept.code) == (WhySetAside.CONTRADICTING, "contradicting")
    assert isinstance(task, e.OperatorTaskOpened)
    assert (task.kind, task.reason) == (TaskKind.DECISIONS_DIFFER, SEALED)
    assert story.state.item("contract") == before
    assert why(set_aside(story, refuses("tax").model_copy(update={"party": "old-bank"}))) is (
        WhySetAside.WRONG_DEPARTMENT
    ), "only who signed can contradict it"


def test_as_long_as_others_are_to_sign_a_refusal_counts():
    story = Sale().drawn_up().signed("old-bank")

    assert story.when(refuses("old-bank")) == ["item_refused", "case_stopped"]


def test_an_institution_that_goes_on_and_on_adds_no_more_than_a_history_bears():
    story = Sale().drawn_up().signed()
    told = [set_aside(story, refuses("old-bank", f"n-{number}")) for number in range(30)]
    types = [event.type for events in told for event in events]

    assert types.count("decision_set_aside") == MOST_SET_ASIDE
    assert types.count("more_set_aside") == 1
    assert types.count("operator_task_opened") == 1


def test_what_a_person_signs_too_late_is_nobodys_word_of_a_department():
    story = Sale().drawn_up()
    story.when(c.Cancel(channel=Channel.WEB))
    signature = story.signature("seller")
    with pytest.raises(CommandRefused) as refused:
        story.when(signature)

    with pytest.raises(ValueError, match="person"):
        trace_of(signature, refused.value)
