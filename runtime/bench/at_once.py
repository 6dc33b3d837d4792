"""The bundle of a benchmark: a shipped one in which nothing takes days and nobody has to sign.

A public notice takes days, a signature waits for a person, and a benchmark that waits measures nothing. Items, edges,
fields, materials, shared data and payments stay as they are; only notices, the windows after them and signings go.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import JsonValue

from one_things.bundle_file import read_bundle
from one_things.catalogue import SHIPPED
from one_things.clock import shanghai_date
from one_things.eligibility import reckoned_form
from one_things.plan import Plan
from one_things.planning import make_plan
from runtime.bench.errands import EXIT, application_for

_DECIDED_LIKE_ANY_ITEM: Final = "filing"


def write_bundle(folder: Path, bundle: str = EXIT) -> Path:
    """Write the bundle as a file of `folder`; it takes the place of the shipped one. Raises FileRefused."""
    definition: dict[str, Any] = yaml.safe_load((SHIPPED / f"{bundle}.yaml").read_text(encoding="utf-8"))
    for item in definition["items"]:
        if item.pop("notice", None) is not None:
            item["kind"] = _DECIDED_LIKE_ANY_ITEM
        item.pop("window", None)
        item.pop("signing", None)
    payments = [item["payment"] for item in definition["items"] if "payment" in item]
    involved = {payment.get(role) for payment in payments for role in ("payer", "payee")}
    definition["parties"] = [party for party in definition.get("parties", []) if party["id"] in involved]
    folder.mkdir(exist_ok=True)
    file = folder / f"{bundle}.yaml"
    file.write_text(yaml.safe_dump(definition, allow_unicode=True, sort_keys=False), encoding="utf-8")
    read_bundle(file)
    return file


def plan_of(bundle_file: Path) -> tuple[Plan, dict[str, JsonValue]]:
    """The plan that the application leads to, and its form as it is sent to departments."""
    bundle = read_bundle(bundle_file)
    applied = application_for(bundle)
    today = shanghai_date(datetime.now(UTC))
    plan = make_plan(bundle, applied, digest="", today=today)
    return plan, reckoned_form(bundle, applied.answers, applied.form, today)
