"""Parties sign, and time passes over it."""

from datetime import datetime

from one_things import events as e
from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Line, Word


class BeginSigning(Record):
    """The document is drawn up from the form and ``corrections`` answered corrections."""

    item: str
    digest: Word
    corrections: int
    ends_at: datetime


class RecordSigningReply(Record):
    """An institution was handed the document: it took it, signed at once, or refused with a reason."""

    item: str
    party: str
    round: int
    digest: Word
    reference: Line = ""
    signed: bool = False
    code: Word = ""
    refused: Sealed | None = None
    article: Line | None = None


class RecordSignatoryUnreachable(Record):
    """An institution that shall sign has not answered yet."""

    item: str
    party: str
    round: int


class Sign(Record):
    """A party signs the document of this digest; who it is has been verified at the door."""

    item: str
    party: str
    digest: Word
    channel: e.Channel | None = None
    department: str | None = None
    """The institution that signs; None for a person."""
    by: Word | None = None
    attempt: int = 0
    """The round of the document, as the institution wrote it; 0 for a person."""
    officer: Word | None = None
    """Who signed for the institution on the workbench; None where its own system did."""


class RefuseSignature(Record):
    """An institution does not sign, and says why."""

    item: str
    party: str
    department: str
    act_id: Word
    code: Word = ""
    reason: Sealed
    attempt: int = 0
    """The round of the document, as the institution wrote it."""
    officer: Word | None = None


class LapseSigning(Record):
    """The time to sign is over."""

    item: str


SigningCommand = BeginSigning | RecordSigningReply | RecordSignatoryUnreachable | Sign | RefuseSignature | LapseSigning
