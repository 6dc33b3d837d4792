"""Companies that close: each with a credit code of its own, the test persons, and an application that is complete."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stdnum.cn import uscc

from one_things.catalogue import Catalogue
from one_things.planning import needed_for

BUNDLE = "enterprise-exit"
_EXIT = Catalogue().get(BUNDLE)
_SERIALS = itertools.count(1)

APPLICANT = "测试申请人甲"
CONTACT = "测试联系人乙"
LIQUIDATOR = "测试清算人丙"
COMPANY = "测试企业丁有限公司"
ADDRESS = "测试路九十九号"
IDENTITY_NUMBER = "11010519491231002X"
"""The example of GB 11643: nobody's."""
PHONE = "13800138000"
OTHER_PHONE = "13900139000"
ACCOUNT = "6222020200009876543"
PERSONAL = (APPLICANT, CONTACT, LIQUIDATOR, COMPANY, ADDRESS, IDENTITY_NUMBER, PHONE, OTHER_PHONE, ACCOUNT)
"""What must be readable nowhere but at the departments and for those who may see it."""

NOTHING_BARS_IT: dict[str, str | bool] = {
    "owes_tax": False,
    "abnormal_operation": False,
    "shares_frozen": False,
    "invests_elsewhere": False,
    "pending_suit": False,
    "licence_revoked": False,
    "unpaid_fines": False,
}
SIMPLE: dict[str, str | bool] = {
    "route": "simple",
    "has_employees": True,
    "has_customs_registration": False,
    "foreign_invested": False,
    **NOTHING_BARS_IT,
}
GENERAL: dict[str, str | bool] = {
    "route": "general",
    "has_employees": True,
    "has_customs_registration": True,
    "foreign_invested": True,
}
SMALL: dict[str, str | bool] = {**SIMPLE, "has_employees": False}
"""The simple route with the fewest departments, for tests that are about something else."""

_VALUES = {
    "legal_representative.name": APPLICANT,
    "legal_representative.identity_number": IDENTITY_NUMBER,
    "legal_representative.phone": PHONE,
    "contact.name": CONTACT,
    "contact.phone": OTHER_PHONE,
    "dissolution.reason": "resolution",
    "bank.account_number": ACCOUNT,
    "liquidation.formed_on": "2026-01-15",
    "liquidation.leader_name": LIQUIDATOR,
    "liquidation.leader_identity_number": IDENTITY_NUMBER,
    "liquidation.leader_phone": OTHER_PHONE,
}


@dataclass(frozen=True)
class Company:
    """A company, and the body of its application."""

    credit_code: str
    application: dict[str, Any]


def credit_code() -> str:
    """A valid credit code (GB 32100) of a company that does not exist; another one each time."""
    body = f"91441900MA{next(_SERIALS):07d}"
    return body + uscc.calc_check_digit(body)


def company(answers: Mapping[str, str | bool] = SIMPLE, chosen: tuple[str, ...] | None = None) -> Company:
    """A company whose application holds all that is asked for, and nothing else."""
    code = credit_code()
    needs = needed_for(_EXIT, answers, chosen)
    values = {**_VALUES, "company.credit_code": code}
    return Company(
        code,
        {
            "bundle": BUNDLE,
            "answers": dict(answers),
            "chosen": chosen,
            "form": {field.id: values[field.id] for field in needs.fields},
            "materials": [{"id": material.id, "digest": "sha-256:" + "0" * 64} for material in needs.materials],
            "channel": "web",
        },
    )
