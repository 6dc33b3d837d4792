"""Money moves exactly as planned: paid in, paid out, given back; and every way in which it must not."""

from datetime import timedelta

import pytest

from one_things import commands as c
from one_things.case import ItemStatus
from one_things.escrow import in_escrow, left_over, payment_order
from one_things.events import CaseOutcome, TaskKind
from one_things.faults import ApplicationRefused, CommandRefused
from one_things.money import PaymentMade
from one_things.plan import DeferredMaterial, Plan
from one_things.steps import CloseCase, SeeToMoney, SubmitItem, UndoItem
from one_things.text import Text
from tests.one_things.given import SEALED
from tests.one_things.house_sale import Sale, a_sale

POOL = ("down-payment", "loan")


def refusal(story: Sale, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def signed_sale() -> Sale:
    story = Sale().drawn_up().signed()
    story.approved("contract")
    return story


def registered_sale() -> Sale:
    story = signed_sale()
    story.approved("down-payment", "loan", "deed-tax", "registration")
    return story


def test_money_in_is_money_out_when_all_goes_well():
    story = registered_sale()
    assert in_escrow(story.state, POOL) == 120000000
    assert story.steps() == (SubmitItem(item="old-loan-payoff"),)

    story.approved("old-loan-payoff")
    assert payment_order(story.state, "balance").amount_fen == 120000000 - 30000050
    story.approved("balance")

    assert in_escrow(story.state, POOL) == 0
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)
    moved = [event.type for event in story.events if "payment" in event.type]
    assert moved == ["payment_confirmed"] * 3 + ["payment_released"] * 2


@pytest.mark.parametrize(("wrong", "code"), [
    ({"amount_fen": 39999999}, "payment-short"),
    ({"amount_fen": 40000001}, "payment-over"),
    ({"currency": "USD"}, "payment-currency"),
])  # fmt: skip
def test_a_payment_that_is_not_the_planned_one_does_not_count(wrong: dict[str, object], code: str):
    story = signed_sale()
    story.submitted("down-payment").taken("down-payment")
    decision = story.decision("down-payment", c.Verdict.APPROVED)
    version = story.state.version

    assert refusal(story, decision.model_copy(update={"payment": story.made("down-payment", **wrong)})) == code
    assert refusal(story, decision.model_copy(update={"payment": None})) == "payment-missing"
    assert story.state.version == version, "nothing counted"
    assert story.when(decision) == ["payment_confirmed", "item_approved"]
    assert story.when(decision) == [], "a repeat moves nothing"


def test_one_payment_pays_for_one_item_only():
    story = signed_sale()
    story.approved("down-payment").submitted("loan").taken("loan")
    again = story.decision("loan", c.Verdict.APPROVED).model_copy(
        update={"payment": story.made("loan", reference="付-down-payment")}
    )

    assert refusal(story, again) == "payment-reference-used"


def test_an_item_without_money_confirms_none():
    story = Sale().drawn_up().signed().submitted("contract").taken("contract")
    paid = PaymentMade(amount_fen=1, currency="CNY", reference="x")
    decision = story.decision("contract", c.Verdict.APPROVED).model_copy(update={"payment": paid})

    assert refusal(story, decision) == "payment-not-asked"


def test_an_answer_with_another_amount_does_not_count_and_becomes_a_task():
    story = signed_sale()
    story.submitted("loan")
    short = c.Done(payment=story.made("loan", amount_fen=1))

    assert story.when(c.RecordReply(item="loan", attempt=1, reply=short)) == [
        "answer_not_counted",
        "operator_task_opened",
    ]
    assert story.state.item("loan").not_counted == "payment-short"
    assert refusal(story, c.RetryItem(item="loan", operator="operator-1")) == "not-to-be-retried"
    assert story.when(story.decision("loan", c.Verdict.APPROVED)) == ["payment_confirmed", "item_approved"]
    assert story.state.tasks == (), "the right answer settles it"


def test_the_registration_is_all_or_nothing():
    story = signed_sale()
    story.approved("down-payment", "loan", "deed-tax").submitted("registration").taken("registration")
    whole = story.decision("registration", c.Verdict.APPROVED)
    part = whole.model_copy(update={"results": whole.results[:1]})

    assert refusal(story, part) == "result-missing"
    assert not story.state.pivot_passed
    assert story.when(whole) == ["item_approved", "pivot_passed"]


def test_an_incomplete_answer_without_money_may_be_retried():
    story = signed_sale()
    story.approved("down-payment", "loan", "deed-tax").submitted("registration")
    story.when(c.RecordReply(item="registration", attempt=1, reply=c.Done()))

    assert [task.kind for task in story.state.tasks] == [TaskKind.ANSWER_INCOMPLETE]
    assert story.when(c.RetryItem(item="registration", operator="operator-1")) == ["item_retried"]
    assert story.steps() == (SubmitItem(item="registration"),)
    story.approved("registration")
    assert story.state.item("registration").attempt == 2


def stopped_sale() -> Sale:
    """Everything is paid, then the registry refuses."""
    story = signed_sale()
    story.approved("down-payment", "loan", "deed-tax").submitted("registration").taken("registration")
    story.when(story.decision("registration", c.Verdict.REFUSED))
    return story


def test_a_refusal_before_the_pivot_gives_everything_back_side_by_side():
    story = stopped_sale()
    assert story.steps() == (UndoItem(item="deed-tax"), UndoItem(item="down-payment"), UndoItem(item="loan"))

    for item in ("loan", "deed-tax", "down-payment"):
        assert story.undone(item) == ["money_given_back", "item_undone"]
        assert story.undone(item) == [], "given back once"
    assert story.steps() == (UndoItem(item="contract"),)
    story.undone("contract")

    assert in_escrow(story.state, POOL) == 0
    assert story.steps() == (CloseCase(outcome=CaseOutcome.REFUSED),)


@pytest.mark.parametrize(("wrong", "code"), [
    ({"amount_fen": 1}, "payment-short"), ({"amount_fen": 80000001}, "payment-over"),
    ({"currency": "HKD"}, "payment-currency"), ({"reference": "付-loan"}, "payment-reference-used"),
])  # fmt: skip
def test_money_that_does_not_come_back_exactly_becomes_a_persons_task(wrong: dict[str, object], code: str):
    story = stopped_sale()

    assert story.undone("loan", **wrong) == ["answer_not_counted", "operator_task_opened"]
    assert story.state.item("loan").not_counted == code
    assert story.state.item("loan").status is ItemStatus.UNDO_FAILED
    for item in ("deed-tax", "down-payment", "contract"):
        story.undone(item)
    assert story.steps() == (), "the case waits for a person"

    settled = c.SettleTask(item="loan", operator="operator-1", note=SEALED)
    assert refusal(story, settled) == "payment-missing"
    assert refusal(story, settled.model_copy(update={"payment": story.made("loan", amount_fen=1)})) == "payment-short"
    by_hand = settled.model_copy(update={"payment": story.made("loan")})
    assert story.when(by_hand) == ["money_given_back", "operator_task_settled"]
    assert story.steps() == (CloseCase(outcome=CaseOutcome.REFUSED),)


def test_what_fails_after_the_pivot_is_retried_and_never_undone():
    story = registered_sale()
    story.submitted("old-loan-payoff").taken("old-loan-payoff")
    assert refusal(story, c.RetryItem(item="old-loan-payoff", operator="operator-1")) == "no-such-task"
    story.when(story.decision("old-loan-payoff", c.Verdict.REFUSED))
    assert [task.kind for task in story.state.tasks] == [TaskKind.REFUSED_AFTER_PIVOT]
    assert story.steps() == ()

    assert story.when(c.RetryItem(item="old-loan-payoff", operator="operator-1")) == ["item_retried"]
    assert story.state.tasks == ()
    story.approved("old-loan-payoff", "balance")

    assert story.state.item("old-loan-payoff").attempt == 2
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_a_deposit_that_nobody_was_paid_is_a_persons_to_pay_out():
    story = registered_sale()
    story.submitted("old-loan-payoff").taken("old-loan-payoff")
    story.when(story.decision("old-loan-payoff", c.Verdict.REFUSED))
    story.when(c.SettleTask(item="old-loan-payoff", operator="operator-1", note=SEALED))
    assert story.steps() == (SeeToMoney(item="down-payment"),)
    assert left_over(story.state) == {"down-payment": 120000000}

    story.when(c.HandOverMoney(item="down-payment"))
    assert story.steps() == (), "the case waits for a person"
    settled = c.SettleTask(item="down-payment", operator="operator-1", note=SEALED)
    assert refusal(story, settled) == "payment-missing"
    paid = PaymentMade(amount_fen=120000000, currency="CNY", reference="手-1")
    assert story.when(settled.model_copy(update={"payment": paid})) == ["payment_released", "operator_task_settled"]
    assert in_escrow(story.state, POOL) == 0
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def codes(form: dict[str, object], *, old_loan: bool = True) -> dict[str, str]:
    with pytest.raises(ApplicationRefused) as refused:
        a_sale(form, old_loan=old_loan)
    return {fault.field: fault.code for fault in refused.value.faults}


def test_amounts_that_do_not_come_out_even_are_refused_at_the_door():
    assert codes({"price.old_loan": "1200000.01"}) == {"form.price.old_loan": "release-exceeds-deposits"}
    assert codes({"price.loan": "a lot"}) == {"form.price.loan": "value-not-money"}
    assert a_sale({"price.old_loan": "1200000"}).item("balance").payment.amount_fen is None


def test_the_plan_knows_who_pays_whom():
    plan = a_sale()

    assert plan.item("loan").payment.amount_fen == 80000000
    assert plan.item("loan").payment.payer == "new-bank"
    assert plan.item("balance").payment.deposits == POOL
    assert [party.id for party in plan.parties] == ["seller", "buyer", "old-bank", "new-bank"]
    assert {"old-bank", "new-bank"} <= plan.departments.keys()
    assert plan.item("registration").atomic


def changed(plan: Plan, item_id: str, **changes: object) -> Plan:
    """The plan with something else of one item."""
    items = (item.model_copy(update=changes) if item.id == item_id else item for item in plan.items)
    return plan.model_copy(update={"items": tuple(items)})


def test_what_is_left_over_stands_under_a_deposit_that_was_made_and_is_paid_out_once():
    plan = a_sale()
    order = tuple(item for item in plan.item("registration").after if item != "down-payment")
    plan = changed(plan, "registration", after=order)
    plan = changed(plan, "old-loan-payoff", after=("registration", "down-payment"))
    story = Sale(plan).drawn_up().signed()
    story.approved("contract").submitted("down-payment").taken("down-payment")
    story.when(story.decision("down-payment", c.Verdict.REFUSED))
    story.approved("loan", "deed-tax", "registration")

    assert left_over(story.state) == {"loan": 80000000}, "nobody ever made the down payment"
    story.when(c.HandOverMoney(item="loan"))
    paid = PaymentMade(amount_fen=80000000, currency="CNY", reference="手-1")
    story.when(c.SettleTask(item="loan", operator="operator-1", note=SEALED, payment=paid))

    assert left_over(story.state) == {}
    assert story.steps() == (CloseCase(outcome=CaseOutcome.COMPLETED),)


def test_another_task_of_the_same_item_does_not_settle_its_money():
    title = Text(zh="贷款合同", en="loan contract")
    deferred = DeferredMaterial(id="loan-contract", title=title, working_days=5, when_missing="operator_task")
    plan = changed(a_sale(), "loan", materials=("loan-contract",)).model_copy(update={"deferred": (deferred,)})
    story = Sale(plan)
    due_at = story.now + timedelta(days=5)
    story.when(c.RecordDeferral(material="loan-contract", due_on=due_at.date(), due_at=due_at))
    story.drawn_up().signed().approved("contract", "down-payment", "loan")
    story.now = due_at
    story.when(c.MissMaterial(material="loan-contract"))
    story.when(c.Cancel(channel="web"))
    story.when(c.RecordUndone(item="loan", failed=True, refused=SEALED))
    assert [task.kind for task in story.state.tasks] == [TaskKind.MATERIAL_MISSING, TaskKind.UNDO_FAILED]

    settled = c.SettleTask(item="loan", operator="operator-1", note=SEALED)
    assert refusal(story, settled) == "payment-missing"

    given_back = settled.model_copy(update={"payment": story.made("loan")})
    assert story.when(given_back) == ["money_given_back", "operator_task_settled"]
    assert story.state.tasks == ()
