"""The errands that are measured: an application for each shipped bundle that gives every department something to do.

What people do is left out (signatures, e-licences they would authorise): materials are handed in with the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from gateway.submission import CaseApplication
from one_things.clock import shanghai_date
from one_things.definition import Bundle
from one_things.plan import HandedIn
from one_things.planning import needed_for
from runtime.authoring.sample_form import SAMPLE_DIGEST, sample_application

EXIT: Final = "enterprise-exit"
ANSWERS: Final[Mapping[str, dict[str, str | bool]]] = {
    EXIT: {
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
    "employee-retirement": {
        "worker": "man",
        "kind": "normal",
        "timing": "at_age",
        "minimum_reached": True,
        "contributions_elsewhere": True,
        "deemed_years": True,
        "one_child": True,
        "has_provident_fund": True,
    },
    "property-transfer-with-mortgage": {
        "buyer_loan": "combined",
        "seller_spouse_owns": False,
        "buyer_spouse_owns": False,
        "seller_taxed": True,
        "disputed": False,
        "has_gas": True,
        "has_television": True,
    },
}
"""By bundle; every one of them can be measured."""
_AMOUNTS: Final[Mapping[str, dict[str, JsonValue]]] = {
    "property-transfer-with-mortgage": {
        "price.total": "2000000.00",
        "price.down_payment": "600000.00",
        "loan.bank": "900000.00",
        "loan.fund": "500000.00",
        "seller_loan.outstanding": "800000.00",
        "tax.deed": "20000.00",
        "tax.seller": "20000.00",
    }
}


def application_for(bundle: Bundle, other: Mapping[str, str | bool] | None = None) -> CaseApplication:
    """The application for this bundle, with everything handed in that it asks for; ``other`` answers go first."""
    answers = {**ANSWERS[bundle.bundle], **(other or {})}
    today = shanghai_date(datetime.now(UTC))
    asked = {field.id for field in needed_for(bundle, answers, None).fields}
    amounts = {name: amount for name, amount in _AMOUNTS.get(bundle.bundle, {}).items() if name in asked}
    sample = sample_application(bundle, answers, None, amounts, today)
    return CaseApplication(
        bundle=bundle.bundle,
        answers=answers,
        form=dict(sample.form),
        materials=tuple(
            HandedIn(id=material.id, digest=SAMPLE_DIGEST) for material in needed_for(bundle, answers, None).materials
        ),
    )
