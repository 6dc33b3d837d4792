"""Parties sign together before an item is submitted."""

from datetime import datetime
from typing import Literal

from one_things.events.vocabulary import Channel, ItemEvent
from one_things.text import Line, Word


class SigningBegan(ItemEvent):
    """The document is drawn up and the parties sign it, side by side, until ``ends_at``.

    When a correction has made another document of it, ``round`` rises and who had signed signs again.
    """

    type: Literal["signing_began"] = "signing_began"
    round: int
    digest: Word
    """A keyed digest of the agreed document."""
    corrections: int
    """How many answered corrections the document takes in."""
    ends_at: datetime


class DocumentConfirmed(ItemEvent):
    """Drawn up anew after a correction, the document is the same: the signatures stand."""

    type: Literal["document_confirmed"] = "document_confirmed"
    corrections: int


class SignatoryUnreachable(ItemEvent):
    """An institution that shall sign does not answer; asking goes on."""

    type: Literal["signatory_unreachable"] = "signatory_unreachable"
    party: str
    round: int


class SignatureRequested(ItemEvent):
    """An institution was handed the document and signs through its own system."""

    type: Literal["signature_requested"] = "signature_requested"
    party: str
    round: int
    reference: Line


class SignatureGiven(ItemEvent):
    """A party signed the document of this digest. ``channel`` is None for an institution."""

    type: Literal["signature_given"] = "signature_given"
    party: str
    digest: Word
    channel: Channel | None = None
    by: Word | None = None
    """The opaque subject of the person that signed, or the institution's own number of its act."""


class SigningCompleted(ItemEvent):
    """Everybody has signed; the item can be submitted."""

    type: Literal["signing_completed"] = "signing_completed"


SigningEvent = (
    SigningBegan | DocumentConfirmed | SignatoryUnreachable | SignatureRequested | SignatureGiven | SigningCompleted
)
