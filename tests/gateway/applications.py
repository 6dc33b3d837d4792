"""Applications for the shipped bundle, complete and right unless a test changes them."""

from collections.abc import Mapping
from typing import Any

from one_things.catalogue import Catalogue
from one_things.planning import needed_for

EXIT = Catalogue().get("enterprise-exit")
SIMPLE: dict[str, str | bool] = {
    "route": "simple",
    "has_employees": True,
    "has_customs_registration": True,
    "foreign_invested": False,
    "owes_tax": False,
    "abnormal_operation": False,
    "shares_frozen": False,
    "invests_elsewhere": False,
    "pending_suit": False,
    "licence_revoked": False,
    "unpaid_fines": False,
}
GENERAL: dict[str, str | bool] = {
    "route": "general",
    "has_employees": True,
    "has_customs_registration": True,
    "foreign_invested": True,
}
NAME = "测试申请人甲"
IDENTITY_NUMBER = "11010519491231002X"
VALUES: dict[str, str] = {
    "company.credit_code": "91110000600037341L",
    "legal_representative.name": NAME,
    "legal_representative.identity_number": IDENTITY_NUMBER,
    "legal_representative.phone": "13800000000",
    "contact.name": "测试申请人乙",
    "contact.phone": "13900000000",
    "dissolution.reason": "resolution",
    "bank.account_number": "6200000000000000",
    "liquidation.formed_on": "2026-02-20",
    "liquidation.leader_name": NAME,
    "liquidation.leader_identity_number": IDENTITY_NUMBER,
    "liquidation.leader_phone": "13800000000",
}


def an_application(answers: Mapping[str, str | bool] = SIMPLE, **changes: Any) -> dict[str, Any]:
    """The body of `POST /cases`: what is asked for, and nothing else; then the changes."""
    chosen = changes.get("chosen")
    needs = needed_for(EXIT, answers, chosen)
    return {
        "bundle": "enterprise-exit",
        "answers": dict(answers),
        "chosen": chosen,
        "form": {needed.id: VALUES[needed.id] for needed in needs.fields},
        "materials": [{"id": material.id, "digest": "sha-256:" + "0" * 64} for material in needs.materials],
        "channel": "web",
        **changes,
    }
