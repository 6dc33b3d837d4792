"""Parties sign side by side, each once, the document as it stands, and by a date; and who may not."""

from datetime import timedelta

import pytest

from one_things import commands as c
from one_things.case import CasePhase, ItemStatus
from one_things.definition import Source, Suspension
from one_things.events import CaseOutcome, StopReason
from one_things.faults import CommandRefused
from one_things.signing import document_of
from one_things.steps import AskToSign, CloseCase, DrawUpDocument, SubmitItem, UndoItem, deadlines
from tests.one_things.given import SEALED
from tests.one_things.house_sale import DIGEST, FORM, Sale, a_sale

OTHER_DIGEST = "sha-256:" + "2" * 64


def refusal(story: Sale, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def test_nothing_is_submitted_before_all_have_signed():
    story = Sale()
    assert story.steps() == (DrawUpDocument(item="contract", corrections=0),)

    story.drawn_up()
    assert story.steps() == (
        AskToSign(item="contract", party="old-bank", round=1),
        AskToSign(item="contract", party="new-bank", round=1),
    )
    assert story.when(story.signature("seller")) == ["signature_given"]
    story.when(c.RecordSigningReply(item="contract", party="old-bank", round=1, digest=DIGEST, reference="R-1"))
    assert story.steps() == (AskToSign(item="contract", party="new-bank", round=1),)
    story.when(c.RecordSigningReply(item="contract", party="new-bank", round=1, digest=DIGEST, signed=True))
    assert story.steps() == ()
    story.when(story.signature("old-bank"))

    assert story.when(story.signature("buyer")) == ["signature_given", "signing_completed"]
    assert story.steps() == (SubmitItem(item="contract"),)


def test_a_party_that_takes_no_part_does_not_sign():
    story = Sale(a_sale(old_loan=False)).drawn_up().signed("seller", "buyer", "new-bank")

    assert story.types()[-1] == "signing_completed"
    assert refusal(story, story.signature("buyer").model_copy(update={"party": "old-bank"})) == "not-a-signatory"


def test_who_signs_twice_is_told_that_it_is_a_repeat():
    story = Sale().drawn_up().signed("seller")

    assert story.when(story.signature("seller")) == []
    story.signed("buyer", "old-bank", "new-bank").submitted("contract")
    assert story.when(story.signature("seller")) == [], "also after all have signed"


@pytest.mark.parametrize(("party", "changes", "code"), [
    ("seller", {"party": "nobody"}, "not-a-signatory"),
    ("seller", {"digest": OTHER_DIGEST}, "document-changed"),
    ("new-bank", {"department": "old-bank"}, "foreign"),
    ("new-bank", {"department": None}, "foreign"),
    ("seller", {"department": "old-bank"}, "foreign"),
    ("seller", {"item": "deed-tax"}, "not-a-signatory"),
    ("seller", {"item": "nothing"}, "item-unknown"),
])  # fmt: skip
def test_a_signature_that_is_not_this_partys_to_give_is_refused(party: str, changes: dict[str, str], code: str):
    story = Sale().drawn_up()

    assert refusal(story, story.signature(party).model_copy(update=changes)) == code


def test_nobody_signs_before_the_signing_began_nor_after_the_case_stopped():
    story = Sale()
    assert refusal(story, story.signature("seller")) == "signing-not-begun"

    story.drawn_up().when(c.Cancel(channel="web"))
    assert refusal(story, story.signature("seller")) == "too-late"


def test_a_signing_lapses_and_the_case_with_it():
    story = Sale().drawn_up().signed("seller", "buyer")
    (deadline,) = deadlines(story.state)
    assert deadline.command == c.LapseSigning(item="contract")
    assert story.when(deadline.command) == [], "not before its time"

    story.now = deadline.at
    assert refusal(story, story.signature("new-bank")) == "signing-lapsed"
    assert story.when(deadline.command) == ["item_lapsed", "case_stopped"]
    assert story.state.stop_reason is StopReason.LAPSED
    assert story.steps() == (CloseCase(outcome=CaseOutcome.LAPSED),)
    assert refusal(story, story.signature("new-bank")) == "signing-lapsed"


def test_no_time_to_sign_goes_by_while_the_case_rests():
    source = Source(document="测试规定")
    story = Sale(a_sale().model_copy(update={"suspension": Suspension(calendar_days=30, source=source)}))
    story.drawn_up().signed("seller")
    (deadline,) = deadlines(story.state)
    story.when(c.SuspendCase(channel="web"))
    story.now = deadline.at

    assert story.when(story.signature("buyer")) == ["signature_given"]
    story.when(c.ResumeCase(channel="web"))
    assert story.state.item("contract").signing.ends_at > story.now, "as long as was left when it rested"


def test_an_institution_that_does_not_sign_stops_the_case():
    story = Sale().drawn_up().signed("seller")
    refused = c.RefuseSignature(item="contract", party="old-bank", department="old-bank", act_id="A-1", reason=SEALED)

    assert story.when(refused) == ["item_refused", "case_stopped"]
    assert story.when(refused) == []
    assert story.state.item("contract").code == "signature-refused"


def test_who_refuses_in_the_answer_stops_the_case_as_well():
    story = Sale().drawn_up()
    reply = c.RecordSigningReply(
        item="contract", party="new-bank", round=1, digest=DIGEST, code="no-loan", refused=SEALED
    )

    assert story.when(reply) == ["item_refused", "case_stopped"]


def corrected(story: Sale) -> Sale:
    """The department asks for a correction of the contract, and the applicant answers it."""
    story.signed().submitted("contract").taken("contract")
    story.when(story.decision("contract", c.Verdict.CORRECTION))
    story.when(c.AnswerCorrection(item="contract", form=SEALED, channel="web"))
    return story


def test_a_correction_that_changes_the_document_has_everybody_sign_again():
    story = corrected(Sale().drawn_up())
    assert story.steps() == (DrawUpDocument(item="contract", corrections=1),)

    story.drawn_up(digest=OTHER_DIGEST)
    assert refusal(story, story.signature("seller")) == "document-changed"
    assert story.when(story.signature("seller", digest=OTHER_DIGEST)) == ["signature_given"]
    late = c.RecordSigningReply(item="contract", party="new-bank", round=1, digest=DIGEST, signed=True)
    assert story.when(late) == [], "an answer about the document as it was"


def test_a_correction_that_leaves_the_document_as_it_was_leaves_the_signatures_standing():
    story = corrected(Sale().drawn_up())
    ends_at = story.state.item("contract").signing.ends_at

    story.drawn_up()
    assert story.types()[-1] == "document_confirmed"
    assert story.state.item("contract").signing.ends_at == ends_at
    assert story.steps() == (SubmitItem(item="contract"),)


def test_a_document_drawn_up_while_it_was_corrected_is_drawn_up_once_more():
    story = corrected(Sale().drawn_up())
    stale = c.BeginSigning(item="contract", digest=OTHER_DIGEST, corrections=0, ends_at=story.now + timedelta(days=15))

    assert story.when(stale) == []


def test_a_second_signing_that_lapses_withdraws_what_lies_with_the_department():
    story = corrected(Sale().drawn_up()).drawn_up(digest=OTHER_DIGEST)
    story.now = story.state.item("contract").signing.ends_at

    assert story.when(c.LapseSigning(item="contract")) == ["case_stopped"]
    assert story.steps() == (UndoItem(item="contract"),)
    story.undone("contract")
    assert story.state.item("contract").status is ItemStatus.UNDONE
    assert story.state.phase is CasePhase.STOPPING


@pytest.mark.parametrize("seen", [True, False])
def test_without_a_pivot_what_lapses_while_it_lies_with_its_department_is_withdrawn(seen: bool):
    plan = a_sale()
    contract = plan.item("contract").model_copy(update={"pivot": False})
    alone = plan.model_copy(update={"items": (contract,), "left_behind_is_seen": seen})
    story = corrected(Sale(alone).drawn_up()).drawn_up(digest=OTHER_DIGEST)
    story.now = story.state.item("contract").signing.ends_at

    assert story.when(c.LapseSigning(item="contract")) == ["item_lapsed"]
    if not seen:
        assert isinstance(story.steps()[0], CloseCase), "as cases of before went on"
        return
    assert story.steps() == (UndoItem(item="contract"),)
    assert story.when(c.RecordUndone(item="contract")) == ["submission_withdrawn"]
    assert story.state.item("contract").status is ItemStatus.LAPSED
    assert story.steps() == (CloseCase(outcome=CaseOutcome.REFUSED),)


def test_the_document_is_the_same_for_the_same_agreement_and_no_other():
    document = document_of(a_sale(), "4419-2026-000017", "contract")

    assert document.content(FORM) == document.content(dict(reversed(FORM.items())))
    assert document.content(FORM) != document.content({**FORM, "house.address": "测试路 2 号"})
    assert document.content(FORM) == document.content({**FORM, "another.field": "x"}), "only what it states"
    dearer = document_of(a_sale({"price.loan": "800001"}), "4419-2026-000017", "contract")
    assert document.content(FORM) != dearer.content(FORM)
    assert "price.down_payment" in document.fields
    assert "seller.identity_number" in document.fields
