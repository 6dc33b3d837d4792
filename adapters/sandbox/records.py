"""What the simulated departments hold about a company or a person: made up from its number and the seed, never stored.

The same number and seed always give the same record. A record can be set, withheld or made unavailable by the control.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Annotated, Any, Final, Literal

from pydantic import Field, JsonValue, TypeAdapter

from adapters.sandbox.ledger import Ledger
from adapters.sandbox.subjects import Subject
from one_things.model import Record

_NAMES: Final = "甲乙丙丁戊己庚辛壬癸"
_STREETS: Final = ("模拟大道", "示例路", "测试街")


class SetRecord(Record):
    """The department holds these fields; those not named stay as they were made up."""

    entry: Literal["set"] = "set"
    fields: dict[str, JsonValue]


class NoRecord(Record):
    """The department holds nothing about the subject."""

    entry: Literal["none"] = "none"


class RecordUnavailable(Record):
    """The source does not answer about the subject."""

    entry: Literal["unavailable"] = "unavailable"


Entry = Annotated[SetRecord | NoRecord | RecordUnavailable, Field(discriminator="entry")]
_ENTRY: Final[TypeAdapter[Entry]] = TypeAdapter(Entry)


def _enterprise_basic(random: Random, number: str) -> dict[str, Any]:
    name = random.choice(_NAMES)
    founded = date(2001, 1, 1) + timedelta(days=random.randrange(8000))
    return {
        "credit_code": number,
        "name": f"测试企业{name}有限公司",
        "legal_representative": f"测试申请人{name}",
        "registered_address": f"{random.choice(_STREETS)}{random.randrange(1, 300)}号（模拟）",
        "registered_on": founded.isoformat(),
        "abnormal_operation": False,
        "shares_frozen": False,
        "invests_elsewhere": False,
        "pending_suit": False,
        "licence_revoked": False,
        "unpaid_fines": False,
        "foreign_special_measures": False,
    }


def _tax_clearance(random: Random, number: str) -> dict[str, Any]:
    return {
        "cleared": True,
        "certificate_reference": f"SIM:tax:{number}",
        "owed_cents": 0,
        "unfiled_periods": 0,
        "unreturned_invoices": 0,
    }


def _social_insurance(random: Random, number: str) -> dict[str, Any]:
    return {"registered": True, "insured_persons": random.randrange(0, 30), "arrears_cents": 0}


def _contributions(random: Random, number: str) -> dict[str, Any]:
    return {"contribution_months": random.randrange(180, 440), "deemed_months": 0, "other_cities": False}


def _medical_insurance(random: Random, number: str) -> dict[str, Any]:
    return {"registered": True, "contribution_months": random.randrange(180, 440), "arrears_cents": 0}


def _provident_fund(random: Random, number: str) -> dict[str, Any]:
    return {"account_open": True, "balance_cents": random.randrange(0, 20_000_000), "arrears_cents": 0}


def _customs(random: Random, number: str) -> dict[str, Any]:
    return {"registered": random.random() < 0.3, "open_declarations": 0}


def _commerce(random: Random, number: str) -> dict[str, Any]:
    return {"foreign_invested": False, "open_reports": 0}


def _seals(random: Random, number: str) -> dict[str, Any]:
    return {"seals": ["公章", "财务专用章"], "registered_on": "2020-01-02"}


def _bank_account(random: Random, number: str) -> dict[str, Any]:
    return {"open_accounts": random.randrange(1, 3), "frozen": False}


DATASETS: Final[dict[tuple[str, str], Callable[[Random, str], dict[str, Any]]]] = {
    ("market-regulation", "enterprise-basic"): _enterprise_basic,
    ("tax", "tax-clearance-status"): _tax_clearance,
    ("human-resources", "social-insurance-registration"): _social_insurance,
    ("human-resources", "contribution-record"): _contributions,
    ("medical-insurance", "medical-insurance-registration"): _medical_insurance,
    ("provident-fund", "provident-fund-account"): _provident_fund,
    ("customs", "customs-registration"): _customs,
    ("commerce", "foreign-investment-registration"): _commerce,
    ("public-security", "seal-registration"): _seals,
    ("bank", "account-status"): _bank_account,
}
"""By department and name of the data set."""


class Records:
    """Look-ups in the departments' records."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._entries: dict[tuple[str, str, str], Entry] = {
            (department, dataset, subject): _ENTRY.validate_json(entry)
            for department, dataset, subject, entry in ledger.execute(
                "SELECT department, dataset, subject, entry FROM records"
            )
        }

    def put(self, department: str, dataset: str, subject: str, entry: Entry) -> None:
        """From now on this is what the department holds about ``subject``."""
        self._ledger.execute(
            "INSERT OR REPLACE INTO records (department, dataset, subject, entry) VALUES (?, ?, ?, ?)",
            (department, dataset, subject, entry.model_dump_json()),
        )
        self._entries[department, dataset, subject] = entry

    def forget(self) -> None:
        """Only what is made up is held; the ledger was cleared."""
        self._entries.clear()

    def look_up(
        self, department: str, dataset: str, subject: Subject
    ) -> dict[str, JsonValue] | NoRecord | RecordUnavailable:
        """The record; `NoRecord` for an unknown data set, and for a company whose number cannot exist."""
        entry = self._entries.get((department, dataset, subject.number))
        if isinstance(entry, NoRecord | RecordUnavailable):
            return entry
        set_fields = entry.fields if entry is not None else {}
        make = DATASETS.get((department, dataset))
        if make is None or not (set_fields or subject.can_exist()):
            return set_fields or NoRecord()
        seed = f"{self._seed}:{department}:{dataset}:{subject.number}"
        return make(Random(seed), subject.number) | set_fields  # noqa: S311 - repeatable, not secret
