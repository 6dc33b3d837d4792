"""The bodies that travel between us and a department's system, beside the submission itself.

Requests are ours and hold exactly these fields; of answers, fields that a department adds are ignored.
"""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, StringConstraints

from adapters.collected import Door
from adapters.port import (
    MOST_POINTS,
    MOST_RESULTS,
    CorrectionPoint,
    MaterialReference,
    Payment,
    Purpose,
    Result,
)
from one_things.licences import Licence
from one_things.model import Record
from one_things.money import GiveBackOrder
from one_things.text import Line, Prose, Word

Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~:/+=-]{1,200}$")]
"""A position in a list, behind its entry: a word of the department that means nothing to us."""
SIGNATURE_HEADERS: Final = ("Content-Digest", "Signature-Input", "Signature")


class UndoRequest(Record):
    """What is asked with an undoing."""

    reason: str
    give_back: GiveBackOrder | None = None
    """The money that was paid: the answer confirms exactly this."""


class SupplyRequest(Record):
    """A material that follows a submission."""

    materials: tuple[MaterialReference, ...] = Field(min_length=1, max_length=1)


class LookupRequest(Record):
    """Whom a look-up is about, and what for."""

    subject: dict[str, str]
    purpose: Purpose


class DoneBody(BaseModel):
    """200: approved, or done."""

    # No default here, unlike in `Done`: a body without results is not an answer of this contract.
    results: tuple[Result, ...] = Field(max_length=MOST_RESULTS)
    payment: Payment | None = None


class TakenBody(BaseModel):
    """202: taken; the decision comes later."""

    reference: Annotated[Line, Field(min_length=1)]
    accepted: bool = True
    """False: received only."""


class CorrectionBody(BaseModel):
    """400: everything that is missing, once (行政许可法 32)."""

    code: Literal["correction"]
    points: tuple[CorrectionPoint, ...] = Field(min_length=1, max_length=MOST_POINTS)


class RefusalBody(BaseModel):
    """400: refused with a reason."""

    code: Annotated[Word, Field(min_length=1)]
    reason: Annotated[Prose, Field(min_length=1)]
    article: Line | None = None


class ProblemBody(BaseModel):
    """Any other status: the code says which, such as ``never-arrived`` and ``not-found`` with 404."""

    code: str


class FoundBody(BaseModel):
    """200 to a look-up of shared data."""

    fields: dict[str, JsonValue]
    as_of: AwareDatetime


class LicenceBody(BaseModel):
    """200 to a look-up of an e-licence."""

    licence: Licence
    as_of: AwareDatetime


class KeptEntry(BaseModel):
    """One decision or act in the list of a department that is polled."""

    cursor: Cursor
    door: Door
    signature: dict[str, Annotated[str, StringConstraints(max_length=2000)]] = Field(
        max_length=10,
        json_schema_extra={
            "properties": {name: {"type": "string"} for name in SIGNATURE_HEADERS},
            "required": list(SIGNATURE_HEADERS),
        },
    )
    """The headers of RFC 9421, as over a POST of ``body`` to the door, made afresh for this answer."""
    body: str
    """The JSON that was signed, as text: a decision or an act."""


class DecisionList(BaseModel):
    """200 to ``GET /decisions``: what was decided behind a position, the oldest first."""

    entries: tuple[KeptEntry, ...]
    more: bool = False
    """There is another page at once."""
