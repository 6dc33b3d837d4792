"""The shipped property transfer, as the law orders it: nothing moves before its ground is laid, money last."""

from graphlib import TopologicalSorter

import pytest

from one_things.catalogue import Catalogue
from one_things.conditions import Answers
from one_things.definition import Bundle
from one_things.planning import needed_for
from one_things.selection import Selection, select

TRANSFER: Bundle = Catalogue().get("property-transfer-with-mortgage")
REGISTRATION = "three-in-one-registration"


def answers(loan: str, *yes: str) -> dict[str, str | bool]:
    asked = (situation.id for situation in TRANSFER.situations if situation.id != "buyer_loan")
    return {"buyer_loan": loan, **{situation: situation in yes for situation in asked}}


def selection(loan: str, *yes: str) -> Selection:
    return select(TRANSFER, Answers(answers(loan, *yes)), None)


def before(selected: Selection) -> dict[str, set[str]]:
    """Item → every item that is finished before it begins."""
    all_before: dict[str, set[str]] = {}
    for item in TopologicalSorter(selected.after).static_order():
        near = selected.after[item]
        all_before[item] = set(near).union(*(all_before[earlier] for earlier in near))
    return all_before


@pytest.mark.parametrize("loan", ["bank", "provident_fund", "combined"])
def test_the_order_is_that_of_the_law(loan: str):
    earlier = before(selection(loan, "seller_taxed", "has_gas", "has_television"))

    assert "mortgagee-consent" in earlier["down-payment-deposit"], "the bank agrees before money moves"
    assert "down-payment-deposit" in earlier["contract-filing"]
    assert "contract-filing" in earlier["double-pre-notice"]
    loans = {item for item in earlier if item.endswith("loan-deposit")}
    assert all("double-pre-notice" in earlier[item] for item in loans), "no loan without the pre-notice"
    assert {"deed-tax", "seller-tax", "down-payment-deposit", *loans} <= earlier[REGISTRATION]
    after = {item for item, all_before in earlier.items() if REGISTRATION in all_before}
    assert after == {
        "seller-loan-payoff", "seller-balance",
        "water-transfer", "power-transfer", "gas-transfer", "television-transfer",
    }  # fmt: skip
    assert "seller-loan-payoff" in earlier["seller-balance"], "the bank is paid before the seller"


def test_what_the_buyer_borrows_decides_who_lends_and_who_signs():
    lending = {"bank-loan-deposit", "fund-loan-deposit"}
    lenders = {
        "bank": {"buyer-bank"},
        "provident_fund": {"provident-fund"},
        "combined": {"buyer-bank", "provident-fund"},
    }
    for loan, who in lenders.items():
        items = [item for item in selection(loan).items if item.id in lending]
        assert {item.department for item in items} == who
        assert {item.payment.payer for item in items if item.payment} == who
        meets = Answers(answers(loan)).meet
        assert {party.id for party in TRANSFER.parties if meets(party.when)} == {"seller", "buyer", "seller-bank"} | who


def test_everything_that_moves_money_or_binds_somebody_can_be_undone_before_the_registration():
    items = {item.id: item for item in TRANSFER.items}
    earlier = before(selection("combined", "seller_taxed", "has_gas", "has_television"))

    assert items[REGISTRATION].pivot
    assert items[REGISTRATION].atomic
    assert len(items[REGISTRATION].results) == 3
    assert all(items[item].undo is not None for item in earlier[REGISTRATION])
    assert all(items[item].undo is None for item in items.keys() - earlier[REGISTRATION])
    linked = {item.id for item in TRANSFER.items if item.linked}
    assert linked == {f"{service}-transfer" for service in ("water", "power", "gas", "television")}


def test_nobody_hands_in_what_the_case_itself_produces():
    asked = needed_for(TRANSFER, answers("combined", "seller_spouse_owns", "buyer_spouse_owns"), None)

    assert {material.id for material in asked.materials} == {
        "sale-contract-draft", "title-certificate", "seller-marriage-certificate", "buyer-marriage-certificate",
        "income-proof", "housing-statement",
    }  # fmt: skip
    assert "home.address" not in {field.id for field in asked.fields}
