"""What the simulated departments hold about a company or a person: made up from its number and the seed, never stored.

The same number and seed always give the same record. A record can be set, withheld or made unavailable by the control.
"""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Annotated, Final, Literal

from pydantic import Field, JsonValue, TypeAdapter

from adapters.sandbox.datasets import DATASETS, DataSet
from adapters.sandbox.datasets.making import Make, always, by_type, reference
from adapters.sandbox.ledger import Ledger
from adapters.sandbox.subjects import Subject
from one_things.definition import Bundle, SharedDataSource
from one_things.model import Record


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


def made_of(bundles: Iterable[Bundle]) -> dict[tuple[str, str], dict[str, Make]]:
    """The data sets that these bundles look up, made up by what they expect of each field.

    A bundle's author thus needs nothing here: a field comes as its type says, a paper as a reference, a list of those
    who are barred as one on which nobody stands.
    """
    made: dict[tuple[str, str], dict[str, Make]] = {}

    def held(source: SharedDataSource, make: Make) -> None:
        made.setdefault((source.department, source.dataset), {}).setdefault(source.field, make)

    for bundle in bundles:
        for field in bundle.fields:
            if field.source is not None:
                held(field.source, by_type(field))
        for material in bundle.materials:
            if material.held_by is not None:
                held(material.held_by, reference(material.id))
            if material.commitment is not None and material.commitment.excluded_by is not None:
                held(material.commitment.excluded_by, always(False))
        for item in bundle.items:
            if item.credit_check is not None:
                held(item.credit_check.record, always(False))
    return made


class Records:
    """Look-ups in the departments' records."""

    def __init__(self, ledger: Ledger, seed: int, made: Mapping[tuple[str, str], DataSet] | None = None) -> None:
        """``made`` are the data sets that bundles look up, beside those that are described."""
        self._ledger = ledger
        self._seed = seed
        self._made = made or {}
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
        made = {**self._made.get((department, dataset), {}), **DATASETS.get((department, dataset), {})}
        if not made or not (set_fields or subject.can_exist()):
            return set_fields or NoRecord()
        seed = f"{self._seed}:{department}:{dataset}:{subject.number}"
        # Each field by itself: what a bundle looks up besides does not change the others.
        return {
            field: make(Random(f"{seed}:{field}"), subject.number)  # noqa: S311 - repeatable, not secret
            for field, make in made.items()
        } | set_fields
