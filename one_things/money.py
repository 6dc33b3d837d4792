"""Amounts of money: renminbi, written in yuan and reckoned in fen, because sums of money are whole numbers."""

import re
from typing import Annotated, Literal

from pydantic import Field

from one_things.faults import DomainError
from one_things.model import Record
from one_things.text import Line, Word

CURRENCY = "CNY"
"""The one currency that errands are paid in (中国人民银行法 16); any other is refused."""

LARGEST_FEN = 10**15
"""Ten trillion yuan: more is a slip of the keyboard, and every sum of such amounts still fits 64 bits."""

_YUAN = re.compile(r"[0-9]{1,14}(\.[0-9]{1,2})?", re.ASCII)


class PaymentMade(Record):
    """Money that moved, as a department or an operator confirms it."""

    amount_fen: int = Field(ge=0, le=LARGEST_FEN)
    currency: Word
    reference: Annotated[Line, Field(min_length=1)]
    """The confirmation's own number: each moves money once."""


class PaymentOrder(Record):
    """What a department is asked to move, exactly: from whom, to whom, by the ids of the bundle's parties."""

    role: Literal["charge", "deposit", "release"]
    amount_fen: int
    currency: str = CURRENCY
    payer: str | None = None
    payee: str | None = None


class GiveBackOrder(Record):
    """What a department is asked to give back to who paid it; ``reference`` is that of the payment."""

    amount_fen: int
    currency: str = CURRENCY
    reference: str


class NoAmount(DomainError):
    """The text is no amount in yuan with at most two decimals."""

    code = "value-not-money"


def fen_of(yuan: str) -> int:
    """The amount in fen. Raises NoAmount for anything but digits with at most two decimals."""
    text = yuan.strip()
    if _YUAN.fullmatch(text) is None:
        raise NoAmount("an amount is written in yuan with at most two decimals")
    whole, _, decimals = text.partition(".")
    fen = int(whole) * 100 + int(decimals.ljust(2, "0") or "0")
    if fen > LARGEST_FEN:
        raise NoAmount("an amount is at most ten trillion yuan")
    return fen


def yuan_of(fen: int) -> str:
    """The amount in yuan in its normal form, such as ``1280000.00``."""
    return f"{fen // 100}.{fen % 100:02d}"
