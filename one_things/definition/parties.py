"""Who besides the applicant takes part, what they sign together, and whose money goes where."""

from typing import Literal

from pydantic import Field

from one_things.definition.names import Condition, FieldId, Slug, Source
from one_things.model import Record
from one_things.text import Text


class Party(Record):
    """Somebody who takes part: a person named in the form, or an institution that signs through its own system."""

    id: Slug
    title: Text
    when: Condition | None = None
    name: FieldId | None = None
    """The form field with the name of the person; None for an institution."""
    identity: FieldId | None = None
    """The form field with the identity number or credit code by which the person signs; None for an institution."""
    department: Slug | None = None
    """The institution that signs, such as ``seller-bank``; None for a person."""


class Signing(Record):
    """All parties sign before the item is submitted: side by side, each once, and together by a date."""

    parties: tuple[Slug, ...] = Field(min_length=1)
    """Those of them that take part in the case must sign; the others are left out."""
    calendar_days: int = Field(ge=1, le=365)
    """Calendar days from the beginning of the signing until it lapses."""
    document: Text
    """What is signed."""
    source: Source | None = None


class Payment(Record):
    """The item moves money; its department confirms the exact amount, or the payment does not count.

    A ``charge`` (tax, fee) is final once the pivot has passed. A ``deposit`` lies in escrow. A ``release`` pays out of
    deposits. Whatever was paid goes back the way it came when the case stops before the pivot.
    """

    role: Literal["charge", "deposit", "release"]
    payer: Slug | None = None
    """The party that pays a charge or a deposit."""
    payee: Slug | None = None
    """The party that gets a release; a charge goes to the item's department."""
    amount: FieldId | None = None
    """The form field (type ``money``) that holds the amount; None for a release of whatever remains."""
    deposits: tuple[Slug, ...] = ()
    """For a release: the items whose deposits it pays out of."""
    source: Source | None = None
