"""The acts of an officer, as API and pages send them."""

from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, StringConstraints, model_validator

from one_things.definition import Slug
from one_things.department_bodies import Identifier
from one_things.events import Responsible, ReturnReason
from one_things.model import Record
from one_things.text import Line, Prose, Word

Reason = Annotated[Prose, StringConstraints(min_length=1)]
Reference = Annotated[Line, StringConstraints(min_length=1)]


class OfficerAct(Record):
    """An act about the item as it was seen. Sent again with the same id it is a repeat."""

    act_id: Identifier
    attempt: int = Field(ge=1, le=1000)


class Accept(OfficerAct):
    """Accept the item: the clock runs (受理)."""

    act: Literal["accepted"]
    reference: Line | None = None


class Return(OfficerAct):
    """Give it back before acceptance (退件): why, and whose doing it was."""

    act: Literal["returned"]
    reason: ReturnReason
    responsible: Responsible
    note: Prose | None = None


class PointOfNotice(Record):
    """A review point of the bundle, with a text of one's own where it needs one; or a free point."""

    review_point: Slug | None = None
    about: Word = ""
    """The field or material that a free point is about."""
    text: Reason | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.review_point is None and self.text is None:
            raise ValueError("a free point says what is to be put right")
        return self


class AskForCorrections(OfficerAct):
    """One notice with all its points (行政许可法 32)."""

    act: Literal["correction"]
    points: tuple[PointOfNotice, ...] = Field(min_length=1, max_length=100)


class BeginProcedure(OfficerAct):
    """A special procedure that the bundle declares begins: the clock stands."""

    act: Literal["procedure_begun"]
    procedure: Slug


class EndProcedure(OfficerAct):
    """It has ended: the clock runs on."""

    act: Literal["procedure_ended"]
    procedure: Slug


class ResultToIssue(Record):
    """A result under its reference; ``digest`` of a content that was uploaded here or is kept elsewhere."""

    id: Slug
    reference: Reference
    digest: Word | None = None


class Approve(OfficerAct):
    """Decide for the applicant. ``payment_reference`` confirms that exactly the amount of the order was moved."""

    act: Literal["approved"]
    results: tuple[ResultToIssue, ...] = Field(default=(), max_length=50)
    payment_reference: Reference | None = None


class Refuse(OfficerAct):
    """Decide against the applicant, with the reason and the article it rests on."""

    act: Literal["refused"]
    reason: Reason
    article: Reference
    code: Word = ""


class NoteObjection(OfficerAct):
    """Somebody objected to what is on public notice."""

    act: Literal["objection"]
    reason: Reason


class AskForExtension(OfficerAct):
    """Ask for the one extension; another officer, a supervisor, approves it (行政许可法 42)."""

    act: Literal["extension_asked"]
    working_days: int | None = Field(default=None, ge=1, le=120)
    """Without it, as many as the bundle allows."""
    reason: Reason


class AnswerExtension(OfficerAct):
    """A supervisor approves or declines what another officer asked for; ``request`` is the act that asked."""

    act: Literal["extension_answered"]
    request: Identifier
    approved: bool


class ConfirmUndone(OfficerAct):
    """The approved item was undone by hand; ``payment_reference`` confirms that the money went back."""

    act: Literal["undone"]
    payment_reference: Reference | None = None


class RefuseUndoing(OfficerAct):
    """The approved item cannot be undone: an operator takes over."""

    act: Literal["undo_refused"]
    reason: Reason


AnyAct = (
    Accept
    | Return
    | AskForCorrections
    | BeginProcedure
    | EndProcedure
    | Approve
    | Refuse
    | NoteObjection
    | AskForExtension
    | AnswerExtension
    | ConfirmUndone
    | RefuseUndoing
)


class OfficerActBody(RootModel[Annotated[AnyAct, Field(discriminator="act")]]):
    """One act; ``act`` says which."""


class ActReceipt(Record):
    """What the act did: it counted, or it repeated one that had counted."""

    outcome: Literal["counted", "repeat"]
