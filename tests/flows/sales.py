"""Sales of houses for the flows: each with people of its own, what they do, and what departments answer."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from stdnum.cn import ric

from adapters.sandbox.behaviours import Behaviour, Operation
from tests.flows.town import APPLICANT, Town, eventually

_SERIALS = itertools.count(1)
SELLER, BUYER = "subject-seller", "subject-buyer"
CONTRACT = "contract"


def identity_number() -> str:
    """A valid identity number (GB 11643) of a person who does not exist; another one each time."""
    serial = next(_SERIALS)
    body = f"110105{1950 + serial // 900:04d}0101{serial % 900 + 1:03d}"
    return body + ric.calc_check_digit(f"{body}0")


@dataclass(frozen=True)
class Sale:
    """A house changes hands: price 1,200,000 yuan, of which the old loan of 300,000.50 is paid off."""

    buyer: str = field(default_factory=identity_number)
    seller: str = field(default_factory=identity_number)

    @property
    def application(self) -> dict[str, Any]:
        return {
            "bundle": "house-sale",
            "answers": {"seller_has_loan": True},
            "form": {
                "buyer.name": "测试申请人乙",
                "buyer.identity_number": self.buyer,
                "seller.name": "测试申请人甲",
                "seller.identity_number": self.seller,
                "house.address": "测试路 1 号",
                "price.down_payment": "400000.00",
                "price.loan": "800000",
                "price.old_loan": "300000.50",
                "tax.deed": "18000",
            },
            "materials": [],
        }


async def apply(town: Town, sale: Sale) -> str:
    """The number of the sale's case."""
    headers = {**town.bearer(APPLICANT), "Idempotency-Key": town.new_key()}
    answer = await town.http.post("/cases", json=sale.application, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


async def switch(
    town: Town, sale: Sale, item: str, behaviour: Behaviour, operation: Operation = Operation.SUBMIT
) -> None:
    """From now on the department treats this item of this sale so."""
    await town.control.scenario(behaviour, subject=sale.buyer, item=item, operation=operation.value)


async def document(town: Town, case_no: str, identity: str | None, item: str = CONTRACT) -> httpx.Response:
    """The document as who proves this identity reads it."""
    return await town.http.get(
        f"/cases/{case_no}/items/{item}/signatures", headers=town.bearer("somebody", identity=identity)
    )


async def sign(
    town: Town, case_no: str, identity: str | None, digest: str, subject: str = "somebody", **other: str
) -> httpx.Response:
    """A signature of who proves this identity."""
    path = f"/cases/{case_no}/items/{CONTRACT}/signatures"
    return await town.http.post(path, json={"digest": digest, **other}, headers=town.bearer(subject, identity=identity))


async def read(town: Town, case_no: str, identity: str) -> dict[str, Any]:
    """The document, once it is drawn up."""

    async def ask() -> httpx.Response:
        return await document(town, case_no, identity)

    answer = await eventually(ask, lambda found: found.status_code == 200, f"the document of {case_no}")
    view: dict[str, Any] = answer.json()
    return view


async def both_sign(town: Town, case_no: str, sale: Sale) -> None:
    """Seller and buyer sign; the banks do by themselves."""
    for subject, identity in ((SELLER, sale.seller), (BUYER, sale.buyer)):
        digest = (await read(town, case_no, identity))["digest"]
        answer = await sign(town, case_no, identity, digest, subject)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outcome"] == "counted"


async def bank_acts(
    town: Town, case_no: str, bank: str, act: str, number: str, party: str | None = None, **says: str
) -> httpx.Response:
    """An institution signs the contract, or refuses to, through its signed door."""
    who = {"act": act, "act_id": number, "case_no": case_no, "item": CONTRACT, "attempt": 1, "party": party or bank}
    body = json.dumps({**who, **says}, ensure_ascii=False).encode()
    return await town.send_decision(bank, body, door="acts")
