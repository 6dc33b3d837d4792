"""Answers of the credit record."""

from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Word


class RecordCredit(Record):
    """The credit record answered; ``barred`` holds the declared reason, sealed, when it bars the applicant."""

    item: str
    digest: Word
    barred: Sealed | None = None


class RecordCreditUnavailable(Record):
    """The credit record did not answer yet."""

    item: str


CreditCommand = RecordCredit | RecordCreditUnavailable
