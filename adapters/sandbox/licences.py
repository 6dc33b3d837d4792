"""E-licences that the simulated departments have issued: made up like their other records, valid unless set otherwise.

The control sets one under the data set ``licence:<type>``: fields such as ``{"status": "revoked"}``, ``{"valid_until":
"2020-01-01"}``, ``{"holder": "…"}`` or ``{"identifier": "…"}``; none at all; or a source that does not answer.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from random import Random
from typing import Final

from pydantic import JsonValue
from stdnum.iso7064 import mod_37_36

from adapters.sandbox.datasets.making import Make, always, day, the_number
from adapters.sandbox.records import NoRecord, Records, RecordUnavailable
from adapters.sandbox.subjects import Subject
from one_things.definition import Bundle, LicenceSource, SharedDataSource
from one_things.identifiers import E_LICENCE_OID

_VERSION: Final = "001"
_ANYBODY: Final = "测试申请人甲"


def data_set_of(licence_type: str) -> str:
    """The name under which licences of this type stand among the records."""
    return f"licence:{licence_type}"


def licences_of(bundles: Iterable[Bundle]) -> dict[tuple[str, str], dict[str, Make]]:
    """The licences that these bundles look up, each made up as one that is in force."""
    return {
        (licence.department, data_set_of(licence.type)): {
            "identifier": _identifier(licence),
            "type": always(licence.type),
            "holder_number": the_number,
            "status": always("in_force"),
            "valid_from": day(date(2010, 1, 1), 5000),
            "valid_until": always(None),
        }
        for licence, _ in _declared(bundles)
    }


class Licences:
    """Look-ups of licences. Their holder is called as the record says that a bundle compares with."""

    def __init__(self, records: Records, bundles: Iterable[Bundle]) -> None:
        self._records = records
        self._holders = {(licence.department, licence.type): holder for licence, holder in _declared(bundles)}

    def look_up(
        self, department: str, licence_type: str, subject: Subject
    ) -> dict[str, JsonValue] | NoRecord | RecordUnavailable:
        """The licence; `NoRecord` for a type that no bundle looks up."""
        found = self._records.look_up(department, data_set_of(licence_type), subject)
        if not isinstance(found, dict) or "holder" in found:
            return found
        return {**found, "holder": self._holder(department, licence_type, subject)}

    def _holder(self, department: str, licence_type: str, subject: Subject) -> JsonValue:
        source = self._holders.get((department, licence_type))
        if source is None:
            return _ANYBODY
        record = self._records.look_up(source.department, source.dataset, subject)
        return record.get(source.field, _ANYBODY) if isinstance(record, dict) else _ANYBODY


def _declared(bundles: Iterable[Bundle]) -> Iterator[tuple[LicenceSource, SharedDataSource | None]]:
    """Each licence, and where the name of its holder is held; None where the applicant writes it."""
    for bundle in bundles:
        sources = {field.id: field.source for field in bundle.fields}
        for material in bundle.materials:
            if material.licence is not None:
                yield material.licence, sources.get(material.licence.holder or "")


def _identifier(licence: LicenceSource) -> Make:
    """An identifier of GB/T 36904 whose check character is right."""

    def make(random: Random, number: str) -> JsonValue:
        fields = (_letters(licence.type), _letters(licence.department), _letters(number), _VERSION)
        return ".".join((E_LICENCE_OID, *fields, mod_37_36.calc_check_digit("".join(fields))))

    return make


def _letters(text: str) -> str:
    return "".join(character for character in text.upper() if character.isascii() and character.isalnum())
