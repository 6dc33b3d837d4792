"""The port: what can be asked of any department, and every answer it can give.

The contract with departments (DOMAIN.md, "What departments' systems are like"): done at once, taken (the decision
comes by callback), refused with a reason, corrections wanted; anything else is *not known* and must be asked again.
A port never raises for what a department does: whatever happens out there is one of the answers below.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Protocol, Self

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, StringConstraints, model_validator

from one_things.idempotency import idempotency_key, signing_key
from one_things.licences import Licence
from one_things.model import Record
from one_things.money import LARGEST_FEN, GiveBackOrder, PaymentOrder
from one_things.text import Line, Prose, Text, Word

IDEMPOTENCY_KEY_PATTERN = r"^[A-Za-z0-9._~:-]{1,200}$"
"""Keys travel in a header and in a URL's path: nothing that either would have to escape."""

MOST_RESULTS = 50
MOST_POINTS = 100
"""So many results or correction points one answer may hold."""

IdempotencyKey = Annotated[str, StringConstraints(pattern=IDEMPOTENCY_KEY_PATTERN)]


def undo_key_of(key: str) -> str:
    """The key under which a department sees the undoing of ``key`` exactly once."""
    return f"{key}:undo"


def key_undone_by(undo_key: str) -> str:
    """The key whose undoing is seen under ``undo_key``."""
    return undo_key.removesuffix(":undo")


def material_key_of(key: str, material: str) -> str:
    """The key under which a department sees, exactly once, a material that follows what came under ``key``."""
    return f"{key}:material:{material}"


class MaterialReference(Record):
    """A material by reference: the department fetches the content itself, and proves it by the digest."""

    id: str
    title: Text
    digest: str


class DeferredReference(Record):
    """A minor material that follows by a date (容缺受理); it comes under ``material_key_of`` the submission's key."""

    id: str
    title: Text
    due_on: date


class LicenceReference(Record):
    """An e-licence in place of a material: the department fetches it from its issuer, by its identifier."""

    material: str
    """The material that it stands for."""
    title: Text
    type: str
    issuer: str
    """The department that issued it."""
    identifier: str
    """GB/T 36904."""
    digest: str
    """Of the licence as it was verified; who keeps it can later show with us that it was this one."""


class SigningOrder(Record):
    """What an institution signs, for which party of the bundle, and until when."""

    party: str
    document: Text
    digest: str
    sign_by: AwareDatetime


class CommitmentReference(Record):
    """A promise that stands for a material (告知承诺): its words, and their digest."""

    material: str
    title: Text
    text: Text
    digest: str
    result: Literal["approved", "refused", "withdrawn"] | None = None
    """In a report to the supervising department: what became of the item."""


def report_key_of(key: str, material: str, result: str) -> str:
    """The key of a report to the department that supervises a promise made with what came under ``key``."""
    return f"{key}:commitment:{material}:{result}"


class PaperReference(Record):
    """A result on paper that is to be delivered."""

    id: str
    title: Text
    pick_up: Text | None = None
    """The window at which it is laid out; None for mail."""


class DeliveryOrder(Record):
    """How the papers of an item reach the applicant, and until when; whom mail goes to stands in the fields.

    The department answers that it took the order, and says by its acts what becomes of the papers.
    """

    way: Literal["mail", "pick_up"]
    round: int = Field(ge=1)
    """A later round takes the place of an earlier one: another address, or sent once more."""
    papers: tuple[PaperReference, ...] = Field(min_length=1)
    due_on: date
    """The last day on which they are delivered, or lie ready at the window (行政许可法 44)."""


def delivery_key_of(key: str, round: int) -> str:
    """The key of the order to deliver what was issued for the submission under ``key``, each time it is given."""
    return f"{key}:deliver:{round}"


class Submission(Record):
    """One attempt at one item, as the department receives it: only the fields that this item needs, in the clear."""

    key: IdempotencyKey
    case_no: str
    item: str
    operation: Literal["submit", "sign", "report", "deliver"] = "submit"
    """``report``: the result of an item that a promise went with, told to who supervises it (审管衔接);
    ``deliver``: the order to deliver results on paper."""
    attempt: int = Field(ge=1)
    department: str
    fields: dict[str, JsonValue]
    materials: tuple[MaterialReference, ...] = ()
    deferred: tuple[DeferredReference, ...] = ()
    """Materials that are not there yet, and until when they come."""
    licences: tuple[LicenceReference, ...] = ()
    payment: PaymentOrder | None = None
    """The money that the item moves: the approval confirms exactly this."""
    signing: SigningOrder | None = None
    """The document that the institution signs; ``attempt`` counts how often it was drawn up."""
    commitments: tuple[CommitmentReference, ...] = ()
    delivery: DeliveryOrder | None = None
    callback_url: str = Field(pattern=r"^https?://")
    requested_at: AwareDatetime

    @model_validator(mode="after")
    def _key_names_this_attempt(self) -> Self:
        expected = (
            idempotency_key(self.case_no, self.item, self.attempt)
            if self.signing is None
            else signing_key(self.case_no, self.item, self.attempt, self.signing.party)
        )
        if self.operation == "report":
            told = self.commitments[0] if self.commitments else None
            expected = report_key_of(expected, told.material, told.result or "") if told else expected
        if self.operation == "deliver":
            expected = delivery_key_of(expected, self.delivery.round) if self.delivery else f"{expected}:deliver:?"
        if self.key != expected:
            raise ValueError(f"the key of this submission must be {expected}")
        return self


class Answer(BaseModel, frozen=True):
    """Something a department said. Fields it adds later are ignored: they must not stop every case that is running."""


class Result(Answer):
    """What a department issued: a licence, a document, or the plain confirmation that it is done."""

    id: Word
    title: Text
    kind: Literal["e_licence", "document", "confirmation"]
    reference: Line
    digest: Word | None = None


class Payment(Answer):
    """Money that moved, with the department's own number of it."""

    amount_fen: int = Field(ge=0, le=LARGEST_FEN)
    currency: Word
    reference: Annotated[Line, Field(min_length=1)]


class CorrectionPoint(Answer):
    """One thing to put right, at one field or material of the form."""

    code: Word
    field_or_material: Word
    text: Prose


class Done(Answer):
    """Decided at once, for the applicant."""

    outcome: Literal["done"] = "done"
    results: tuple[Result, ...] = Field(default=(), max_length=MOST_RESULTS)
    payment: Payment | None = None
    """What was moved, or given back."""


class Taken(Answer):
    """Taken; the decision comes later, by callback."""

    outcome: Literal["taken"] = "taken"
    reference: Line
    accepted: bool = True
    """False: received only; it accepts, returns or asks for corrections within five working days (行政许可法 32)."""


class Refused(Answer):
    """Refused, with the department's code, its reason and, where it names one, the article it rests on."""

    outcome: Literal["refused"] = "refused"
    code: Word
    reason: Prose
    article: Line | None = None


class NeedsCorrection(Answer):
    """Everything that is missing, named once and completely (行政许可法 32)."""

    outcome: Literal["needs_correction"] = "needs_correction"
    points: tuple[CorrectionPoint, ...] = Field(min_length=1, max_length=MOST_POINTS)


class UnknownCause(StrEnum):
    """Why the outcome of a call is not known; stable, for metrics and for operators."""

    UNREACHABLE = "unreachable"
    BUSY_HERE = "busy_here"
    """Nothing was sent: all our own connections to the department were taken. It says nothing about the department."""
    TIMED_OUT = "timed_out"
    CONNECTION_BROKEN = "connection_broken"
    ANSWER_TOO_LARGE = "answer_too_large"
    ANSWER_UNREADABLE = "answer_unreadable"
    CREDENTIAL_REFUSED = "credential_refused"
    HOST_KEY_REFUSED = "host_key_refused"
    """The server at the address shows none of the host keys that are configured: perhaps it is another."""
    KEY_CONFLICT = "key_conflict"
    UNEXPECTED_STATUS = "unexpected_status"
    NOT_INSTANT = "not_instant"
    """Taken by a department that is configured to decide at once."""
    OTHER_CONTRACT = "other_contract"
    """Not answered in the version of the contract that the department is configured to speak: perhaps not by it."""
    NOTE_REFUSED = "note_refused"
    """What we remember beside exchanged batches is not as we wrote it: somebody else did, or it was damaged."""
    NOT_SERVED = "not_served"
    """Asked for what a department of its kind does not serve at all."""


class Unknown(Answer):
    """Whether the department took it is not known: ask before sending again.

    ``detail`` is readable by a person and holds no personal data: never what the department's body said.
    """

    outcome: Literal["unknown"] = "unknown"
    detail: str
    cause: UnknownCause = UnknownCause.UNEXPECTED_STATUS


class NeverArrived(Answer):
    """The department says that nothing under this key ever reached it: it is safe to send."""

    outcome: Literal["never_arrived"] = "never_arrived"


Outcome = Annotated[Done | Taken | Refused | NeedsCorrection | Unknown, Field(discriminator="outcome")]
Standing = Annotated[Done | Taken | Refused | NeedsCorrection | Unknown | NeverArrived, Field(discriminator="outcome")]
UndoOutcome = Annotated[Done | Taken | Refused | Unknown, Field(discriminator="outcome")]


class Purpose(Record):
    """For what shared data is fetched; the department keeps it with the look-up (个人信息保护法 6, 55)."""

    case_no: str
    item: str | None = None
    basis: str
    """The article or agreement that allows the look-up."""
    authorised_by: str | None = None
    """Who authorised it, as an opaque subject; None where the law alone allows it."""


class Found(Answer):
    """What the department holds, and as of when."""

    answer: Literal["found"] = "found"
    fields: dict[str, JsonValue]
    as_of: AwareDatetime


class NotFound(Answer):
    """The department answered: it holds nothing about this subject."""

    answer: Literal["not_found"] = "not_found"


class SourceUnavailable(Answer):
    """The source did not answer. Never to be read as an empty field."""

    answer: Literal["source_unavailable"] = "source_unavailable"
    detail: str
    cause: UnknownCause = UnknownCause.UNEXPECTED_STATUS


class LicenceFound(Answer):
    """The licence as its issuer holds it, and as of when."""

    answer: Literal["licence_found"] = "licence_found"
    licence: Licence
    as_of: AwareDatetime


LicenceLookup = Annotated[LicenceFound | NotFound | SourceUnavailable, Field(discriminator="answer")]
Lookup = Annotated[Found | NotFound | SourceUnavailable, Field(discriminator="answer")]


class DepartmentPort(Protocol):
    """One department. Every call may be repeated: the same key has the same answer and no second effect."""

    @property
    def code(self) -> str:
        """The department's code, as in `market-regulation`."""

    async def submit(self, submission: Submission) -> Outcome:
        """Hand in one attempt at one item."""

    async def ask(self, key: str) -> Standing:
        """Where the submission (or the undoing) under ``key`` stands; ``NeverArrived`` when it can be sent safely."""

    async def undo(self, key: str, undo_key: str, reason: str, give_back: GiveBackOrder | None = None) -> UndoOutcome:
        """Undo what was submitted under ``key``; ``reason`` is a plain code or sentence without personal data.

        ``give_back`` is the money that was paid: the answer confirms exactly this.

        A key that never arrived is undone at once, and a submission that comes limping after it is refused.
        """

    async def supply(self, key: str, material: MaterialReference) -> UndoOutcome:
        """Add a material that was deferred to what was submitted under ``key``; its own key makes it count once."""

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Lookup:
        """Look up what the department already holds about ``subject`` (一数一源)."""

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> LicenceLookup:
        """Look up the e-licence of this type that the department issued to ``subject``, who authorised it."""
