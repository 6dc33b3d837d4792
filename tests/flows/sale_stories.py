"""How the sale of a house can go, one function per branch: each drives a case to its end and returns its number."""

from adapters.sandbox.behaviours import Mispay, Operation, Refuse, Silent
from one_things.case import CasePhase, ItemStatus
from tests.flows import sales
from tests.flows.sales import CONTRACT, Sale
from tests.flows.town import Town

REGISTRATION, PAYOFF, LOAN = "registration", "old-loan-payoff", "loan"


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


SALE_STORIES = {
    "sold": sold,
    "sale-refused-and-money-given-back": refused,
    "signing-lapsed": lapsed,
    "money-given-back-by-hand": money_stuck,
    "payoff-retried": retried,
    "signed-out-of-place": signed_out_of_place,
}
