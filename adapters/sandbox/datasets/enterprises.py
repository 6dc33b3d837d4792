"""What departments hold about a company, by its credit code."""

from datetime import date
from typing import Final

from adapters.sandbox.datasets.making import (
    DataSet,
    address,
    always,
    by_chance,
    count,
    day,
    lettered,
    reference,
    the_number,
)

ENTERPRISES: Final[dict[tuple[str, str], DataSet]] = {
    ("market-regulation", "enterprise-basic"): {
        "credit_code": the_number,
        "name": lettered("测试企业*有限公司"),
        "legal_representative": lettered("测试申请人*"),
        "registered_address": address,
        "registered_on": day(date(2001, 1, 1), 8000),
        "abnormal_operation": always(False),
        "shares_frozen": always(False),
        "invests_elsewhere": always(False),
        "pending_suit": always(False),
        "licence_revoked": always(False),
        "unpaid_fines": always(False),
        "foreign_special_measures": always(False),
    },
    ("tax", "tax-clearance-status"): {
        "cleared": always(True),
        "certificate_reference": reference("tax"),
        "owed_cents": always(0),
        "unfiled_periods": always(0),
        "unreturned_invoices": always(0),
    },
    ("human-resources", "social-insurance-registration"): {
        "registered": always(True),
        "insured_persons": count(0, 30),
        "arrears_cents": always(0),
    },
    ("customs", "customs-registration"): {"registered": by_chance(0.3), "open_declarations": always(0)},
    ("commerce", "foreign-investment-registration"): {"foreign_invested": always(False), "open_reports": always(0)},
    ("public-security", "seal-registration"): {
        "seals": always(["公章", "财务专用章"]),
        "registered_on": always("2020-01-02"),
    },
    ("bank", "account-status"): {"open_accounts": count(1, 3), "frozen": always(False)},
}
