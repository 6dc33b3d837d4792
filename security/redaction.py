"""Masks for what a role may not see in full, and for what must not reach a log (个人信息保护法 51)."""

import re
from enum import StrEnum
from typing import Final


class Mask(StrEnum):
    """How a value is shown to someone who may know that it exists, but not what it is."""

    NAME = "name"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    EVERYTHING = "everything"


# No digit may touch either end: a longer number is something else. Letters may.
_IDENTITY_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)")
_MOBILE_NUMBER: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def mask(kind: Mask, value: str) -> str:
    """`value` as its mask shows it."""
    match kind:
        case Mask.NAME:
            return mask_name(value)
        case Mask.IDENTITY_NUMBER:
            return mask_identity_number(value)
        case Mask.PHONE:
            return mask_phone(value)
        case Mask.BANK_ACCOUNT:
            return mask_bank_account(value)
        case Mask.EVERYTHING:
            return "***"


def mask_name(name: str) -> str:
    """The first character and a star for each other one: 张三 is 张*. A single character is hidden."""
    return name[0] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def mask_identity_number(number: str) -> str:
    """The first and last four of 18 (GB 11643), a quarter at most of any shorter document number."""
    shown = min(4, len(number) // 4)
    return _keep(number, shown, shown)


def mask_phone(number: str) -> str:
    """138****5678; of numbers shorter than a mobile number's 11 digits a quarter at either end."""
    return _keep(number, 3, 4) if len(number) >= 11 else _keep(number, len(number) // 4, len(number) // 4)


def mask_bank_account(number: str) -> str:
    """The last four digits, as banks print them; of short numbers a quarter."""
    return _keep(number, 0, min(4, len(number) // 4))


def redact(text: str) -> str:
    """Free text with every identity number and mobile number masked, for logs and error messages."""
    text = _IDENTITY_NUMBER.sub(lambda found: mask_identity_number(found[0]), text)
    return _MOBILE_NUMBER.sub(lambda found: mask_phone(found[0]), text)


def _keep(value: str, front: int, back: int) -> str:
    return value[:front] + "*" * (len(value) - front - back) + value[len(value) - back :]
