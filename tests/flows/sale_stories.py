"""How the sale of a house can go, one function per branch: each drives a case to its end and returns its number."""

import json

from adapters.port import CorrectionPoint
from adapters.sandbox.behaviours import Callback, Correction, Down, Mispay, Operation, Refuse, Silent
from one_things.case import CasePhase, ItemStatus
from one_things.escrow import left_over
from one_things.events import AnswerNotCounted, DocumentConfirmed, SignatoryUnreachable, SignatureRequested, TaskKind
from one_things.money import yuan_of
from tests.flows import sales
from tests.flows.sales import CONTRACT, Sale
from tests.flows.town import Town

REGISTRATION, PAYOFF, LOAN, DOWN_PAYMENT = "registration", "old-loan-payoff", "loan", "down-payment"
LEFT = TaskKind.MONEY_LEFT
NO_LOAN = "贷款未获批准（模拟）"


async def sold(town: Town) -> str:
    """All sign, all money is deposited, the registry records, the old loan and the seller are paid."""
    sale = Sale()
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.closed(case_no)
    return case_no


async def refused(town: Town) -> str:
    """The registry refuses when everything is paid: the money goes back the way it came."""
    sale = Sale()
    await sales.switch(
        town, sale, REGISTRATION, Refuse(code="seized", reason="房屋已被查封（模拟）", delay_seconds=0.05)
    )
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.closed(case_no)
    return case_no


async def lapsed(town: Town) -> str:
    """The seller never signs."""
    sale = Sale()
    case_no = await sales.apply(town, sale)
    view = await sales.read(town, case_no, sale.buyer)
    assert (await sales.sign(town, case_no, sale.buyer, view["digest"])).status_code == 200
    await town.skip_until(case_no, lambda state: state.phase is not CasePhase.OPEN, "the signing lapsed")
    await town.closed(case_no)
    return case_no


async def money_stuck(town: Town) -> str:
    """The notary gives back less than was paid when the registry refuses; a person sees to it."""
    sale = Sale()
    await sales.switch(town, sale, REGISTRATION, Refuse(reason="不符合登记条件（模拟）"))
    await sales.switch(town, sale, LOAN, Mispay(amount_fen=1), Operation.UNDO)
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.until_items(case_no, ItemStatus.UNDO_FAILED, LOAN)
    path = f"/cases/{case_no}/items/{LOAN}/settle"
    by_hand = {"note": "已线下退回（模拟）", "payment": {"amount": "800000", "reference": "手工-1"}}
    answer = await town.http.post(path, json=by_hand, headers=town.operator())
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def retried(town: Town) -> str:
    """The notary refuses to pay off the old loan after the registration; an operator has it tried once more."""
    sale = Sale()
    await sales.switch(town, sale, PAYOFF, Refuse(code="account-closed", reason="收款账户已注销（模拟）"))
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.until_items(case_no, ItemStatus.REFUSED, PAYOFF)
    await sales.switch(town, sale, PAYOFF, Silent())
    answer = await town.http.post(f"/cases/{case_no}/items/{PAYOFF}/retry", headers=town.operator())
    assert answer.status_code == 200, answer.text
    await town.until_items(case_no, ItemStatus.ACCEPTED, PAYOFF)
    await town.decide(case_no, PAYOFF)
    await town.closed(case_no)
    return case_no


async def signed_out_of_place(town: Town) -> str:
    """A bank signs another document, a stranger signs for it; it takes its signature back, and signs after the end."""
    sale = Sale()
    await sales.switch(town, sale, CONTRACT, Silent(), Operation.SIGN)
    case_no = await sales.apply(town, sale)
    digest = (await sales.read(town, case_no, sale.seller))["digest"]
    for bank, number, says, status in (
        ("old-bank", "s-1", {"digest": "sha-256:0000000000000000"}, 409),
        ("notary", "s-2", {"digest": digest, "party": "old-bank"}, 403),
        ("old-bank", "s-3", {"digest": digest}, 200),
        ("old-bank", "s-3", {"digest": digest}, 200),
        ("new-bank", "s-4", {"digest": digest}, 200),
    ):
        answer = await sales.bank_acts(town, case_no, bank, "signed", number, **says)
        assert answer.status_code == status, answer.text
    await sales.both_sign(town, case_no, sale)
    against = await sales.bank_acts(town, case_no, "old-bank", "signature_refused", "n-1", reason="改变主意（模拟）")
    assert (against.status_code, against.json()["code"]) == (409, "contradicting")
    await town.closed(case_no)
    return case_no


async def bank_late_and_document_confirmed(town: Town) -> str:
    """The banks are away, then sign by their own systems; a correction leaves the contract as it was signed."""
    sale = Sale()
    address = CorrectionPoint(code="address", field_or_material="house.address", text="请核对坐落（模拟）")
    await sales.switch(town, sale, CONTRACT, Down(), Operation.SIGN)
    await sales.switch(town, sale, CONTRACT, Correction(points=(address,)))
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.until_event(case_no, SignatoryUnreachable, CONTRACT)
    await sales.switch(town, sale, CONTRACT, Callback(delay_seconds=0.05), Operation.SIGN)
    await town.until_event(case_no, SignatureRequested, CONTRACT)
    await town.until_items(case_no, ItemStatus.CORRECTION, CONTRACT)
    as_it_was = {"house.address": sale.application["form"]["house.address"]}
    answer = await town.correct(case_no, CONTRACT, **as_it_was)
    assert answer.status_code == 200, answer.text
    await town.until_event(case_no, DocumentConfirmed, CONTRACT)
    await town.closed(case_no)
    return case_no


async def bank_refuses(town: Town) -> str:
    """The banks are handed the contract, and will not sign it."""
    sale = Sale()
    refusal = Refuse(reason=NO_LOAN, delay_seconds=0.05)
    await sales.switch(town, sale, CONTRACT, refusal, Operation.SIGN)
    case_no = await sales.apply(town, sale)
    await town.closed(case_no)
    return case_no


async def said_wrongly(town: Town) -> str:
    """The notary names other money, in an answer and in a decision; the registry leaves its certificates out."""
    sale = Sale()
    await sales.switch(town, sale, DOWN_PAYMENT, Mispay(currency="USD"))
    await sales.switch(town, sale, REGISTRATION, Silent())
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.until_event(case_no, AnswerNotCounted, DOWN_PAYMENT)
    retry = await town.http.post(f"/cases/{case_no}/items/{DOWN_PAYMENT}/retry", headers=town.operator())
    assert (retry.status_code, retry.json()["code"]) == (409, "not-to-be-retried")
    short = {"amount_fen": 1, "currency": "CNY", "reference": "N-1"}
    decision = await town.decide(case_no, DOWN_PAYMENT, payment=short)
    assert await town.until_answered(case_no, decision) == [(409, "payment-short")]
    await town.decide(case_no, DOWN_PAYMENT)
    await town.until_items(case_no, ItemStatus.ACCEPTED, REGISTRATION)
    said = {"decision_id": "bare", "case_no": case_no, "item": REGISTRATION, "attempt": 1, "verdict": "approved"}
    bare = await town.send_decision("land-registry", json.dumps(said).encode())
    assert (bare.status_code, bare.json()["code"]) == (409, "result-missing"), bare.text
    await town.decide(case_no, REGISTRATION)
    await town.closed(case_no)
    return case_no


async def money_left(town: Town) -> str:
    """The old loan is not paid off by the notary, so nothing is released: a person pays out what is left."""
    sale = Sale()
    await sales.switch(town, sale, PAYOFF, Refuse(code="account-closed", reason="收款账户已注销（模拟）"))
    case_no = await sales.apply(town, sale)
    await sales.both_sign(town, case_no, sale)
    await town.until_items(case_no, ItemStatus.REFUSED, PAYOFF)
    assert (await town.settle(case_no, PAYOFF)).status_code == 200
    state = await town.until(case_no, lambda state: LEFT in {task.kind for task in state.tasks}, "money is left")
    voucher = {"amount": yuan_of(left_over(state)[DOWN_PAYMENT]), "reference": "手工-1"}
    path = f"/cases/{case_no}/items/{DOWN_PAYMENT}/settle"
    by_hand = {"note": "已线下支付（模拟）", "payment": voucher}
    answer = await town.http.post(path, json=by_hand, headers=town.operator())
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


SALE_STORIES = {
    "sold": sold,
    "sale-refused-and-money-given-back": refused,
    "signing-lapsed": lapsed,
    "money-given-back-by-hand": money_stuck,
    "payoff-retried": retried,
    "signed-out-of-place": signed_out_of_place,
    "bank-late-and-document-confirmed": bank_late_and_document_confirmed,
    "bank-refuses-to-sign": bank_refuses,
    "said-wrongly": said_wrongly,
    "money-left": money_left,
}
