"""The bundle of the benchmark: the shipped enterprise exit whose public notice is decided like any other item.

A public notice takes days, and a benchmark that waits for days measures nothing. Items, edges, fields, materials and
shared data stay as they are; only the notice's days and the window after them go.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import JsonValue

from gateway.submission import CaseApplication
from one_things.bundle_file import read_bundle
from one_things.catalogue import SHIPPED
from one_things.clock import shanghai_date
from one_things.form import normal_form
from one_things.plan import HandedIn, Plan
from one_things.planning import make_plan

BUNDLE: Final = "enterprise-exit"
_DECIDED_LIKE_ANY_ITEM: Final = "filing"


def write_bundle(folder: Path) -> Path:
    """Write the bundle as a file of `folder`; it takes the place of the shipped one. Raises BundleRefused."""
    definition: dict[str, Any] = yaml.safe_load((SHIPPED / f"{BUNDLE}.yaml").read_text(encoding="utf-8"))
    for item in definition["items"]:
        if item.pop("notice", None) is not None:
            item["kind"] = _DECIDED_LIKE_ANY_ITEM
        item.pop("window", None)
    folder.mkdir(exist_ok=True)
    file = folder / f"{BUNDLE}.yaml"
    file.write_text(yaml.safe_dump(definition, allow_unicode=True, sort_keys=False), encoding="utf-8")
    read_bundle(file)
    return file


def application() -> CaseApplication:
    """A company by the simple route that every department has something to do with: all ten items."""
    return CaseApplication(
        bundle=BUNDLE,
        answers={
            "route": "simple",
            "has_employees": True,
            "has_customs_registration": True,
            "foreign_invested": True,
            "foreign_special_measures": False,
            "owes_tax": False,
            "abnormal_operation": False,
            "shares_frozen": False,
            "invests_elsewhere": False,
            "pending_suit": False,
            "licence_revoked": False,
            "unpaid_fines": False,
        },
        form={
            "company.credit_code": "91441900MA0000015D",
            "legal_representative.name": "测试申请人甲",
            "legal_representative.identity_number": "11010519491231002X",  # the example of GB 11643 itself: nobody's
            "legal_representative.phone": "13800000000",
            "contact.name": "测试联系人甲",
            "contact.phone": "13800000001",
            "dissolution.reason": "resolution",
            "bank.account_number": "0000000000000000",
        },
        materials=tuple(
            HandedIn(id=material, digest=f"sha256:{'0' * 64}")
            for material in ("deregistration-application", "investors-commitment")
        ),
    )


def plan_of(bundle_file: Path) -> tuple[Plan, dict[str, JsonValue]]:
    """The plan that the application leads to, and its form as it is sent to departments."""
    bundle, applied = read_bundle(bundle_file), application()
    plan = make_plan(
        bundle,
        applied,
        digest="",
        today=shanghai_date(datetime.now(UTC)),
    )
    return plan, dict(normal_form(bundle, applied.form))
