"""What goes into an activity and what comes out: one model each, so that a new field breaks no history."""

from datetime import date, datetime, timedelta
from typing import Literal

from activities.haste import Haste
from one_things.commands import LicenceVerdict, Reply
from one_things.definition import ItemResult
from one_things.idempotency import idempotency_key, signing_key
from one_things.limit_dates import LimitTerms
from one_things.looked_up import LookedUp
from one_things.model import Record
from one_things.money import GiveBackOrder, PaymentMade, PaymentOrder
from one_things.plan import (
    Lookup,
    PlannedCommitment,
    PlannedCreditCheck,
    PlannedExclusion,
    PlannedLicence,
    PlannedMaterial,
    PlannedNotice,
)
from one_things.sealed import Sealed
from one_things.signing import AgreedDocument
from one_things.text import Text


class DepartmentRequest(Record):
    """What a case asks a department for, or a source, which is one too."""

    @property
    def asked(self) -> str:
        """The department's code."""
        raise NotImplementedError

    @property
    def haste(self) -> Haste:
        """When it goes among the others that wait for this department."""
        return Haste.USUAL


class DeferredUntil(Record):
    """A material that follows by a date."""

    id: str
    title: Text
    due_on: date


class VerifiedLicence(Record):
    """An e-licence that goes with a submission in place of a material; its identifier is sealed."""

    material: str
    title: Text
    type: str
    issuer: str
    reference: Sealed
    digest: str


class SubmitRequest(DepartmentRequest):
    """Submit one item of a case. Its idempotency key is case, item and attempt."""

    case_no: str
    item: str
    attempt: int
    department: str
    fields: tuple[str, ...]
    """The form fields the item needs; nothing else is sent."""
    materials: tuple[PlannedMaterial, ...]
    deferred: tuple[DeferredUntil, ...] = ()
    """Materials that follow by a date."""
    licences: tuple[VerifiedLicence, ...] = ()
    commitments: tuple[PlannedCommitment, ...] = ()
    """Promises in place of materials."""
    sealed_fields: tuple[Sealed, ...]
    """The form, the corrections and the shared data, sealed; a later one wins, field by field."""
    committed_days: int | None
    limit: LimitTerms | None = None
    """The terms of the item's limit; None for notices, and for cases planned without them."""
    notice: PlannedNotice | None
    payment: PaymentOrder | None = None
    """The money that the item moves."""
    at: datetime
    """The time of the case, from which dates are reckoned."""
    pressed: bool = False
    """A joint limit over the item was warned of, or is over."""
    arrival_unknown: bool = False
    """An earlier call got no clear answer: ask whether it arrived before sending again."""

    @property
    def key(self) -> str:
        """The idempotency key of this submission."""
        return idempotency_key(self.case_no, self.item, self.attempt)

    @property
    def asked(self) -> str:
        return self.department

    @property
    def haste(self) -> Haste:
        """Sooner under a pressing limit, and when it comes again: a person has seen to it by hand."""
        return Haste.SOONER if self.pressed or self.attempt > 1 else Haste.USUAL


class SubmitReply(Record):
    """What the department answered; its free texts are sealed."""

    reply: Reply


class UndoRequest(DepartmentRequest):
    """Withdraw a pending item, or undo an approved one."""

    case_no: str
    item: str
    attempt: int
    department: str
    reason: str
    """Why the case stopped: a code, never personal data."""
    give_back: GiveBackOrder | None = None
    """What was paid and goes back."""
    arrival_unknown: bool = False
    """An earlier call got no clear answer: ask whether it arrived before sending again."""

    @property
    def asked(self) -> str:
        return self.department

    @property
    def haste(self) -> Haste:
        """Sooner: the case has stopped, and what it holds or has paid goes back to people."""
        return Haste.SOONER


class UndoReply(Record):
    """``refused`` is None when it is undone; otherwise the department's reason, sealed."""

    refused: Sealed | None = None
    payment: PaymentMade | None = None
    """What the department gave back."""


class DrawUpRequest(Record):
    """Draw up the document that the parties sign, from the form and its corrections."""

    document: AgreedDocument
    sealed_fields: tuple[Sealed, ...]
    calendar_days: int
    at: datetime


class DrawUpReply(Record):
    """The keyed digest of the document, and until when it can be signed."""

    digest: str
    ends_at: datetime


class SignRequest(DepartmentRequest):
    """Hand the document to an institution that signs for one party."""

    document: AgreedDocument
    party: str
    round: int
    digest: str
    sign_by: datetime
    department: str
    sealed_fields: tuple[Sealed, ...]
    at: datetime
    arrival_unknown: bool = False
    """An earlier call got no clear answer: ask whether it arrived before sending again."""

    @property
    def key(self) -> str:
        """The idempotency key of this request."""
        return signing_key(self.document.case_no, self.document.item, self.round, self.party)

    @property
    def asked(self) -> str:
        return self.department


class SignReply(Record):
    """Taken under a reference, signed at once, or refused with a reason, sealed."""

    reference: str = ""
    signed: bool = False
    code: str = ""
    refused: Sealed | None = None
    article: str | None = None


class ExclusionRequest(DepartmentRequest):
    """Look up whether the applicant is on the list of those who may not promise."""

    case_no: str
    exclusion: PlannedExclusion
    sealed_fields: tuple[Sealed, ...]

    @property
    def asked(self) -> str:
        return self.exclusion.department


class ExclusionReply(Record):
    """Whether the applicant is on it."""

    excluded: bool
    looked_up: LookedUp | None = None


class ReportRequest(DepartmentRequest):
    """Tell the supervising department what became of an item that a promise went with."""

    case_no: str
    item: str
    attempt: int
    commitment: PlannedCommitment
    verdict: Literal["approved", "refused", "withdrawn"]
    fields: tuple[str, ...]
    """As the item's own department had them."""
    sealed_fields: tuple[Sealed, ...]
    at: datetime
    arrival_unknown: bool = False

    @property
    def asked(self) -> str:
        return self.commitment.supervised_by

    @property
    def haste(self) -> Haste:
        """Later: nobody waits for a report."""
        return Haste.LATER


class DeliveryOrderRequest(DepartmentRequest):
    """Order the delivery of an item's papers, once for each round."""

    case_no: str
    item: str
    attempt: int
    round: int
    department: str
    way: Literal["mail", "pick_up"]
    papers: tuple[ItemResult, ...]
    due_on: date
    to: Sealed | None = None
    """For mail: addressee, address and phone."""
    at: datetime

    @property
    def asked(self) -> str:
        return self.department


class SupplyRequest(DepartmentRequest):
    """Pass a deferred material on to the department that has the item without it."""

    case_no: str
    item: str
    attempt: int
    department: str
    material: PlannedMaterial

    @property
    def asked(self) -> str:
        return self.department

    @property
    def haste(self) -> Haste:
        """Sooner: an applicant has handed it in, and its date passes."""
        return Haste.SOONER


class FetchRequest(DepartmentRequest):
    """Fetch shared data for a case."""

    case_no: str
    lookup: Lookup
    sealed_fields: tuple[Sealed, ...]

    @property
    def asked(self) -> str:
        return self.lookup.department


class FetchReply(Record):
    """The fields as form fields, sealed; None when the department holds nothing about this applicant."""

    fields: Sealed | None = None
    digest: str = ""
    looked_up: LookedUp | None = None
    """None in histories from before that was kept; so in the other look-ups."""


class LicenceRequest(DepartmentRequest):
    """Look up an e-licence as its applicant authorised, and judge it."""

    case_no: str
    owner: str
    """Who authorised it: an opaque subject, never a name."""
    licence: PlannedLicence
    sealed_fields: tuple[Sealed, ...]
    at: datetime
    """The time of the case: the day on which the licence has to be valid."""

    @property
    def asked(self) -> str:
        return self.licence.department


class LicenceReply(Record):
    """Whether it stands for the material; never its content."""

    verdict: LicenceVerdict
    looked_up: LookedUp | None = None


class CreditRequest(DepartmentRequest):
    """Look up the applicant's credit record for one item."""

    case_no: str
    item: str
    check: PlannedCreditCheck
    sealed_fields: tuple[Sealed, ...]

    @property
    def asked(self) -> str:
        return self.check.department


class CreditReply(Record):
    """Whether the record bars the applicant, and a commitment to what it said."""

    digest: str
    barred: bool
    looked_up: LookedUp | None = None


class EventToRecord(Record):
    """One event as it will stand in the record."""

    type: str
    at: datetime
    data: str


class AppendRequest(Record):
    """Append the next events of a case. ``head`` is the hash of the event before the first of them, in hex."""

    case_no: str
    expected_version: int
    head: str
    events: tuple[EventToRecord, ...]
    kept_waiting: timedelta | None = timedelta(0)
    """How long the case was kept waiting for its worker, as it saw that itself; None when that was long ago."""


class AppendReply(Record):
    """The hash of the last event appended, in hex."""

    head: str
    kept_waiting: timedelta = timedelta(0)
    """How long the worker keeps its cases waiting, by what many of them said; zero where too few did. From here on it
    is in the case's history and no other in a replay."""
