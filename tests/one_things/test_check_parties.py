"""Every mistake that an author can make with parties, signings and money, and where it is said to stand."""

import pytest
import yaml

from one_things.check import bundle_faults
from one_things.definition import Bundle
from tests.one_things.house_sale import FILE

WRITTEN = FILE.read_text(encoding="utf-8")


def mistakes(*changes: tuple[str, str]) -> dict[str, str]:
    text = WRITTEN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    bundle = Bundle.model_validate(yaml.safe_load(text))
    return {fault.field: fault.code for fault in bundle_faults(bundle)}


SELLER = "name: seller.name, identity: seller.identity_number}"
DEPOSIT = "{role: deposit, payer: buyer, amount: price.down_payment}"
LOAN = "{role: deposit, payer: new-bank, amount: price.loan}"
BALANCE = "{role: release, payee: seller, deposits: [down-payment, loan]}"
PAYOFF = "{role: release, payee: old-bank, amount: price.old_loan, deposits: [down-payment, loan]}"
SIGNERS = "parties: [seller, buyer, old-bank, new-bank]"
UNDO_LOAN = "    undo: {title: {zh: 贷款退回银行, en: The loan goes back to the bank}}\n"


@pytest.mark.parametrize(("change", "field", "code"), [
    ((SELLER, SELLER.replace("}", ", department: tax}")), "parties.0", "party-unclear"),
    ((SELLER, "name: seller.name}"), "parties.0", "party-unclear"),
    ((SELLER, "name: seller.name, identity: house.address}"), "parties.0.identity", "identity-unfit"),
    ((SELLER, "name: price.old_loan, identity: seller.identity_number}"), "parties.0.name", "party-not-asked"),
    ((SELLER, "name: seller.nam, identity: seller.identity_number}"), "parties.0.name", "field-unknown"),
    (("department: old-bank, when", "department: no-bank, when"), "parties.2.department", "department-unknown"),
    ((SIGNERS, "parties: [seller, byer]"), "items.0.signing.parties.1", "party-unknown"),
    ((SIGNERS, "parties: [seller, seller]"), "items.0.signing.parties.1", "id-twice"),
    ((SIGNERS, "parties: [old-bank]"), "items.0.signing.parties", "nobody-signs"),
    ((BALANCE, BALANCE.replace("payee: seller", "payee: nobody")), "items.6.payment.payee", "party-unknown"),
    ((BALANCE, BALANCE.replace("payee: seller", "payee: old-bank")), "items.6.payment.payee", "party-absent"),
    ((BALANCE, BALANCE.replace("payee: seller, ", "")), "items.6.payment", "payee-missing"),
    ((BALANCE, BALANCE.replace("payee", "payer: buyer, payee")), "items.6.payment.payer", "payment-unfit"),
    ((BALANCE, BALANCE.replace(", deposits: [down-payment, loan]", "")), "items.6.payment", "deposits-missing"),
    ((BALANCE, BALANCE.replace("loan]", "deed-tax]")), "items.6.payment.deposits.1", "not-a-deposit"),
    ((BALANCE, BALANCE.replace("loan]", "loans]")), "items.6.payment.deposits.1", "item-unknown"),
    ((BALANCE, BALANCE.replace(", loan]", "]")), "items.6.payment.deposits", "deposits-overlap"),
    (("    after: [old-loan-payoff]\n", ""), "items.6.payment.deposits", "remainder-early"),
    ((LOAN, "{role: deposit, payer: new-bank}"), "items.2.payment", "amount-missing"),
    ((LOAN, LOAN.replace("payer: new-bank, ", "")), "items.2.payment", "payer-missing"),
    ((LOAN, LOAN.replace("price.loan", "house.address")), "items.2.payment.amount", "amount-not-money"),
    ((LOAN, LOAN.replace("price.loan", "price.old_loan")), "items.2.payment.amount", "amount-not-asked"),
    ((LOAN, LOAN.replace("price.loan", "price.lone")), "items.2.payment.amount", "field-unknown"),
    ((UNDO_LOAN, ""), "items.2.payment", "payment-without-undo"),
    (("    pivot: true\n", ""), "items.1.payment", "escrow-without-pivot"),
    (("requires: [down-payment, loan, deed-tax]", "requires: [down-payment, deed-tax]"),
     "items.6.payment.deposits.1", "deposit-later"),
    (("[down-payment, loan]}\n  - id: balance", "[down-payment]}\n  - id: balance"), "items.5.payment.deposits",
     "deposits-overlap"),
])  # fmt: skip
def test_a_mistake_is_said_where_it_stands(change: tuple[str, str], field: str, code: str):
    found = mistakes(change)

    assert found.get(field) == code, found


def test_a_release_before_the_pivot_and_a_deposit_after_it():
    early = mistakes(("requires: [registration]\n    after: [old-loan-payoff]", "requires: [loan]"))
    assert early["items.6.payment"] == "release-before-pivot"

    paid = "    fields: [buyer.identity_number]\n    payment: {role: deposit, payer: buyer"
    late = mistakes(
        ("requires: [down-payment, loan, deed-tax]", "requires: [loan, deed-tax]"),
        ("requires: [contract]\n" + paid, "requires: [registration]\n" + paid),
        ("    undo: {title: {zh: 首付款退回买方, en: The down payment goes back to the buyer}}\n", ""),
    )
    assert late["items.1.payment"] == "deposit-after-pivot"


def test_a_deposit_that_nothing_pays_out():
    found = mistakes((BALANCE, BALANCE.replace("down-payment, ", "")), (PAYOFF, PAYOFF.replace("down-payment, ", "")))

    assert found == {"items.1.payment": "deposit-never-released"}


def test_a_party_that_nothing_needs():
    found = mistakes((SIGNERS, "parties: [buyer, old-bank, new-bank]"), ("payee: seller", "payee: buyer"))

    assert found == {"parties.0.id": "unused"}


def test_signing_after_the_pivot_and_money_of_a_public_notice():
    signing = "    signing: {parties: [seller], calendar_days: 5, document: {zh: 收据, en: Receipt}}\n"
    notice = "    notice: {calendar_days: 20, source: {document: 测试规定}}\n"
    found = mistakes(("    after: [old-loan-payoff]\n", "    after: [old-loan-payoff]\n" + signing + notice))

    assert found == {"items.6.signing": "signing-after-pivot", "items.6.payment": "payment-on-notice"}


def test_what_an_event_begins_may_be_signed_as_well():
    started = """started_by:
  - id: sold
    title: {zh: 成交, en: Sold}
    department: housing
    event: sold
    fields: {buyer.name: name, buyer.identity_number: identity_number}
    applicant: buyer.identity_number
    confirm_within: 5
items:
"""

    assert not {place for place in mistakes(("items:\n", started)) if "signing" in place}


def test_all_or_nothing_needs_results():
    start, end = WRITTEN.index("    results:\n"), WRITTEN.index("  - id: old-loan-payoff")

    assert mistakes((WRITTEN[start:end], "")) == {"items.4.atomic": "atomic-without-results"}
