"""What departments say to us, as bodies: decisions, and acts on the way to them.

Shared by the door that takes them (`gateway`) and by the check that a department runs before it connects (`adapters`).
"""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel, StringConstraints, model_validator

from one_things.commands import Verdict
from one_things.definition import Slug
from one_things.events import Responsible, ReturnReason
from one_things.money import LARGEST_FEN
from one_things.text import Line, Prose, Word

Identifier = Annotated[Word, StringConstraints(min_length=1)]


class FromOutside(BaseModel):
    """What a department's system sends."""

    # A department's system may say more than we read: that must not stop its decisions.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class IssuedResult(FromOutside):
    """A result as the department issued it."""

    id: Slug
    kind: Literal["e_licence", "document", "confirmation"]
    reference: Annotated[Line, StringConstraints(min_length=1)]
    digest: Word | None = None


class CorrectionPoint(FromOutside):
    """One thing the applicant is asked to put right."""

    code: Identifier
    field_or_material: Word = ""
    text: Annotated[Prose, StringConstraints(min_length=1)]


class PaymentConfirmation(FromOutside):
    """Money that the department moved, with its own number of it."""

    amount_fen: int = Field(ge=0, le=LARGEST_FEN)
    currency: Identifier
    reference: Annotated[Line, StringConstraints(min_length=1)]


class DepartmentDecision(FromOutside):
    """A department's decision about one attempt at one item. Sent again with the same id it is a repeat."""

    decision_id: Identifier
    case_no: Identifier
    item: Slug
    attempt: int = Field(ge=1, le=1000)
    verdict: Verdict
    code: Word | None = None
    reason: Prose | None = None
    article: Line | None = None
    points: tuple[CorrectionPoint, ...] = Field(default=(), max_length=100)
    results: tuple[IssuedResult, ...] = Field(default=(), max_length=50)
    payment: PaymentConfirmation | None = None
    """Where the item moves money: an approval counts with exactly the amount of the order."""
    decided_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.verdict in {Verdict.REFUSED, Verdict.OBJECTION} and not self.reason:
            raise ValueError("a refusal or an objection gives its reason")
        if self.verdict is Verdict.CORRECTION and not self.points:
            raise ValueError("a correction notice lists all its points, once (行政许可法 32)")
        return self


class ActAtTheDoor(FromOutside):
    """An act about one attempt at one item. Sent again with the same id it is a repeat."""

    act_id: Identifier
    case_no: Identifier
    item: Slug
    attempt: int = Field(ge=1, le=1000)


class ProcedureBegun(ActAtTheDoor):
    """A special procedure that the bundle declares has begun: the item's clock stands (行政许可法 45)."""

    act: Literal["procedure_begun"]
    procedure: Slug


class ProcedureEnded(ActAtTheDoor):
    """The special procedure has ended: the clock runs on with the next working day."""

    act: Literal["procedure_ended"]
    procedure: Slug


class Extended(ActAtTheDoor):
    """The limit is extended, once, with a leader's approval; the applicant reads the reason (行政许可法 42)."""

    act: Literal["extended"]
    working_days: int | None = Field(default=None, ge=1, le=120)
    """Without it, as many as the bundle allows."""
    approver: Annotated[Line, StringConstraints(min_length=1)]
    """Who approved it: an office and a name or number."""
    reason: Annotated[Prose, StringConstraints(min_length=1)]


class Accepted(ActAtTheDoor):
    """The department accepts what it answered with ``accepted: false``; the clock runs from here."""

    act: Literal["accepted"]
    reference: Line | None = None


class Returned(ActAtTheDoor):
    """The item is given back before acceptance (退件): why, and whose doing it was."""

    act: Literal["returned"]
    reason: ReturnReason
    responsible: Responsible
    note: Prose | None = None
    """What the applicant reads besides the title of the reason."""


class Signed(ActAtTheDoor):
    """The institution signed the document that it was handed; ``attempt`` is that of the request to sign."""

    act: Literal["signed"]
    party: Slug
    digest: Annotated[Word, StringConstraints(min_length=1)]


class SignatureRefused(ActAtTheDoor):
    """The institution does not sign, and says why: the case stops."""

    act: Literal["signature_refused"]
    party: Slug
    code: Word = ""
    reason: Annotated[Prose, StringConstraints(min_length=1)]


class Dispatched(ActAtTheDoor):
    """The papers were handed to a carrier, under its number."""

    act: Literal["dispatched"]
    carrier: Annotated[Line, StringConstraints(min_length=1)]
    number: Annotated[Line, StringConstraints(min_length=1)]


class ReadyForPickUp(ActAtTheDoor):
    """The papers lie at the window: the limit of the delivery is kept by it."""

    act: Literal["ready_for_pick_up"]


class Delivered(ActAtTheDoor):
    """The papers were delivered."""

    act: Literal["delivered"]


class PickedUp(ActAtTheDoor):
    """The papers were picked up."""

    act: Literal["picked_up"]


class ReturnedToSender(ActAtTheDoor):
    """The papers came back: an operator sees to it and answers the applicant."""

    act: Literal["returned_to_sender"]
    reason: Annotated[Prose, StringConstraints(min_length=1)] | None = None


PaperActAtTheDoor = Dispatched | ReadyForPickUp | Delivered | PickedUp | ReturnedToSender


class ActOfDepartmentBody(
    RootModel[
        Annotated[
            ProcedureBegun
            | ProcedureEnded
            | Extended
            | Accepted
            | Returned
            | Signed
            | SignatureRefused
            | PaperActAtTheDoor,
            Field(discriminator="act"),
        ]
    ]
):
    """One act; ``act`` says which."""
