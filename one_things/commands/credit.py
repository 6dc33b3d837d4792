"""Answers of the credit record."""

from one_things.looked_up import LookedUp
from one_things.model import Record
from one_things.text import Word


class RecordCredit(Record):
    """The credit record answered."""

    item: str
    digest: Word
    barred: bool
    looked_up: LookedUp | None = None


class RecordCreditUnavailable(Record):
    """The credit record did not answer yet."""

    item: str


CreditCommand = RecordCredit | RecordCreditUnavailable
