"""Who takes part in one case, what they sign together and which money moves: the parties' side of a plan."""

from typing import Literal

from one_things.model import Record
from one_things.text import Text


class PlannedParty(Record):
    """Somebody who takes part in the case. Whoever signs must be this one and nobody else."""

    id: str
    title: Text
    identity: str | None = None
    """The form field with the identity number or credit code of a person; None for an institution."""
    name: str | None = None
    """The form field with the name of a person."""
    department: str | None = None
    """The institution; None for a person."""
    commitment: str | None = None
    """A keyed digest of a person's identity, by which a signer is recognised; the number itself stands nowhere."""


class PlannedSigning(Record):
    """All of these parties sign before the item is submitted, within so many calendar days."""

    parties: tuple[str, ...]
    calendar_days: int
    document: Text
    fields: dict[str, Text] = {}
    """The form fields that the document states, with their titles: what was signed can be read for ever."""


class PlannedPayment(Record):
    """The money that the item moves. The amount is known from the form, or is all that remains of the deposits."""

    role: Literal["charge", "deposit", "release"]
    payer: str | None = None
    payee: str | None = None
    amount_fen: int | None = None
    """None for a release of whatever remains."""
    amount: str | None = None
    """The form field that the amount was read from."""
    deposits: tuple[str, ...] = ()
    """For a release: the items of this plan whose deposits it pays out of."""
