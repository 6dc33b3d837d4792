"""The sale of a house: parties who sign, money that is deposited, taxed, paid out; and stories of it."""

from pathlib import Path

from pydantic import JsonValue

from one_things import commands as c
from one_things import events as e
from one_things.application import Application
from one_things.bundle_file import read_bundle
from one_things.escrow import payment_order, to_give_back
from one_things.money import PaymentMade
from one_things.plan import Plan
from one_things.planning import make_plan
from tests.one_things.given import TODAY, Story, a_digest

FILE = Path(__file__).parents[1] / "flows" / "bundles" / "house-sale.yaml"
HOUSE_SALE = read_bundle(FILE)
SELLER_NUMBER = "11010519491231002X"
BUYER_NUMBER = "440524188001010014"
FORM: dict[str, JsonValue] = {
    "seller.name": "测试申请人甲",
    "seller.identity_number": SELLER_NUMBER,
    "buyer.name": "测试申请人乙",
    "buyer.identity_number": BUYER_NUMBER,
    "house.address": "测试路 1 号",
    "price.down_payment": "400000.00",
    "price.loan": "800000",
    "price.old_loan": "300000.50",
    "tax.deed": "18000",
}
DIGEST = "sha-256:" + "1" * 64


def a_sale(form: dict[str, JsonValue] | None = None, *, old_loan: bool = True) -> Plan:
    """The plan of a sale, with or without an old loan of the seller."""
    filled = {**FORM, **(form or {})}
    if not old_loan:
        del filled["price.old_loan"]
    application = Application(answers={"seller_has_loan": old_loan}, form=filled)
    return make_plan(HOUSE_SALE, application, a_digest(), TODAY)


class Sale(Story):
    """A sale told as a story."""

    def __init__(self, plan: Plan | None = None) -> None:
        super().__init__(plan or a_sale())

    def drawn_up(self, item: str = "contract", digest: str = DIGEST) -> "Sale":
        """The document is drawn up; everybody may sign it for 15 days."""
        ends_at = self.now.replace(day=17)
        corrections = len(self.state.corrections)
        self.when(c.BeginSigning(item=item, digest=digest, corrections=corrections, ends_at=ends_at))
        return self

    def signature(self, party: str, item: str = "contract", digest: str = DIGEST) -> c.Sign:
        """The signature of this party."""
        department = self.state.plan.party(party).department
        channel = e.Channel.WEB if department is None else None
        return c.Sign(item=item, party=party, digest=digest, channel=channel, department=department, by="signer-1")

    def signed(self, *parties: str, item: str = "contract") -> "Sale":
        """These parties sign; nobody named: all of them."""
        signing = self.state.plan.item(item).signing
        assert signing is not None
        for party in parties or signing.parties:
            self.when(self.signature(party, item))
        return self

    def made(self, item: str, **other: object) -> PaymentMade | None:
        """The payment that this item has to confirm, or give back; ``other`` makes it wrong."""
        back = to_give_back(self.state, item) if self.state.stop_reason is not None else None
        order = payment_order(self.state, item)
        if order is None:
            return None
        amount = back.amount_fen if back is not None else order.amount_fen
        reference = f"回-{item}" if back is not None else f"付-{item}"
        right = {"amount_fen": amount, "currency": "CNY", "reference": reference}
        return PaymentMade.model_validate({**right, **other})

    def decision(self, item: str, verdict: c.Verdict, number: str = "") -> c.Decide:
        """A decision that confirms what the item moves and issues what it announces."""
        decided = super().decision(item, verdict, number)
        if verdict is not c.Verdict.APPROVED:
            return decided
        results = tuple(
            e.DecidedResult(id=result.id, kind=result.kind, reference=f"文-{result.id}")
            for result in self.state.plan.item(item).results
        )
        return decided.model_copy(update={"payment": self.made(item), "results": results})

    def undone(self, item: str, **other: object) -> list[str]:
        """The department undoes the item and gives back what was paid."""
        return self.when(c.RecordUndone(item=item, payment=self.made(item, **other)))
