"""The three companies of the demonstration: what they apply for, how departments treat them, how they should end."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from adapters.sandbox.behaviours import Refuse
from adapters.sandbox.control_routes import RecordScenario, Scenario
from adapters.sandbox.records import SetRecord
from gateway.submission import CaseApplication
from one_things.events import CaseOutcome
from one_things.model import Record
from one_things.plan import HandedIn
from one_things.text import Text
from security.suites import DEFAULT_SUITE, suite

_BUNDLE: Final = "enterprise-exit"
_IDENTITY_NUMBER: Final = "11010519491231002X"  # the example of GB 11643 itself: nobody's
_SECONDS_BEFORE_REFUSAL: Final = 2.0


class Company(Record):
    """A company that closes. ``id`` is part of its idempotency key."""

    id: str
    name: str
    story: Text
    application: CaseApplication
    held_by_registry: RecordScenario
    """What the market regulation department holds about it, so that its name is fetched and not asked for."""
    scenario: Scenario | None = None
    """Where a department does not work in its ordinary way."""
    ends_as: CaseOutcome


def companies() -> tuple[Company, ...]:
    """Simple route, general route, and one that is refused."""
    return (
        _company(
            "a",
            "甲",
            "91441900MA0000015D",
            Text(zh="简易注销", en="simple route: a notice of 20 days, the departments side by side with it"),
            {"route": "simple", "has_employees": True, "has_customs_registration": False, "foreign_invested": False},
            ("deregistration-application", "investors-commitment"),
        ),
        _company(
            "b",
            "乙",
            "91441900MA00000238",
            Text(zh="普通注销", en="general route: liquidation, a notice of 45 days, customs and foreign investment"),
            {"route": "general", "has_employees": True, "has_customs_registration": True, "foreign_invested": True},
            ("deregistration-application", "shareholders-resolution", "liquidation-report"),
            {
                "liquidation.formed_on": "2026-01-15",
                "liquidation.leader_name": "测试清算人乙",
                "liquidation.leader_identity_number": _IDENTITY_NUMBER,
                "liquidation.leader_phone": "13800000002",
            },
        ),
        _refused(
            _company(
                "c",
                "丙",
                "91441900MA00000313",
                Text(zh="简易注销，有滞纳金未缴", en="simple route, but a late fee is unpaid: refused, then undone"),
                {
                    "route": "simple",
                    "has_employees": True,
                    "has_customs_registration": False,
                    "foreign_invested": False,
                },
                ("deregistration-application", "investors-commitment"),
            )
        ),
    )


def _company(
    id: str,
    mark: str,
    credit_code: str,
    story: Text,
    answers: dict[str, str | bool],
    materials: tuple[str, ...],
    more: dict[str, JsonValue] | None = None,
) -> Company:
    name = f"测试企业{mark}有限公司"
    application = CaseApplication(
        bundle=_BUNDLE,
        answers={**_NOTHING_BARS_IT, **answers},
        form={
            "company.credit_code": credit_code,
            "legal_representative.name": f"测试申请人{mark}",
            "legal_representative.identity_number": _IDENTITY_NUMBER,
            "legal_representative.phone": "13800000000",
            "contact.name": f"测试联系人{mark}",
            "contact.phone": "13800000001",
            "dissolution.reason": "resolution",
            "bank.account_number": "0000000000000000",
            **(more or {}),
        },
        materials=tuple(HandedIn(id=material, digest=_digest(f"{name}: {material}")) for material in materials),
    )
    record = RecordScenario(
        department="market-regulation",
        dataset="enterprise-basic",
        subject=credit_code,
        entry=SetRecord(fields={"name": name}),
    )
    return Company(
        id=id,
        name=name,
        story=story,
        application=application,
        held_by_registry=record,
        ends_as=CaseOutcome.COMPLETED,
    )


def _refused(company: Company) -> Company:
    """The tax department finds a late fee, when other departments have already done their part."""
    refusal = Refuse(
        code="late-fee-unpaid",
        reason="经核查，有一笔税款滞纳金尚未缴清；请缴清后再申请注销（模拟）。",
        article="中华人民共和国税收征收管理法实施细则第十六条",
        delay_seconds=_SECONDS_BEFORE_REFUSAL,
    )
    return company.model_copy(
        update={
            "scenario": Scenario(subject=company.held_by_registry.subject, item="tax-clearance", behaviour=refusal),
            "ends_as": CaseOutcome.REFUSED,
        }
    )


def _digest(content: str) -> str:
    return suite(DEFAULT_SUITE).digest(content.encode()).hex()


_NOTHING_BARS_IT: Final[dict[str, str | bool]] = {
    "owes_tax": False,
    "abnormal_operation": False,
    "shares_frozen": False,
    "invests_elsewhere": False,
    "pending_suit": False,
    "licence_revoked": False,
    "unpaid_fines": False,
}
