"""Whom a submission or a look-up is about: the company by its credit code, else the person by the identity number.

A look-up by any other field, such as the number of a certificate of title, is about what that number names.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue
from stdnum.cn import uscc

_CREDIT_CODE: Final = "credit_code"
_NAMES: Final = (_CREDIT_CODE, "identity_number")


class Subject(NamedTuple):
    """Name of the number and the number; both empty when nobody is named."""

    name: str
    number: str

    def can_exist(self) -> bool:
        """False for a company's number whose check digit is wrong (GB 32100): no department knows it."""
        return bool(self.number) and (self.name != _CREDIT_CODE or uscc.is_valid(self.number))


def subject_of_lookup(fields: Mapping[str, JsonValue]) -> Subject:
    """The company or person, else whatever the one field that was sent names."""
    subject = subject_in(fields)
    if subject.number or len(fields) != 1:
        return subject
    name, value = next(iter(fields.items()))
    return Subject(name, value) if isinstance(value, str) else subject


def subject_in(fields: Mapping[str, JsonValue]) -> Subject:
    """The first credit code, else the first identity number, under any prefix as in `company.credit_code`."""
    for name in _NAMES:
        for field, value in fields.items():
            if isinstance(value, str) and (field == name or field.endswith("." + name)):
                return Subject(name, value)
    return Subject("", "")
