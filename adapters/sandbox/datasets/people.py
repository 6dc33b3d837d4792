"""What departments hold about a person, by the identity number (companies have some of them, too)."""

from typing import Final

from adapters.sandbox.datasets.making import DataSet, address, always, count, lettered

PEOPLE: Final[dict[tuple[str, str], DataSet]] = {
    ("public-security", "household-registration"): {
        "name": lettered("测试申请人*"),
        "registered_address": address,
        "one_child": always(True),
    },
    ("human-resources", "contribution-record"): {
        "contribution_months": count(240, 440),
        "deemed_months": always(0),
        "other_cities": always(False),
    },
    ("medical-insurance", "medical-insurance-registration"): {
        "registered": always(True),
        "contribution_months": count(240, 440),
        "arrears_cents": always(0),
    },
    ("provident-fund", "provident-fund-account"): {
        "account_open": always(True),
        "balance_cents": count(0, 20_000_000),
        "arrears_cents": always(0),
    },
}
