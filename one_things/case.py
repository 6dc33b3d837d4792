"""The state of a case: nothing but the fold of its events (``evolving``). Commands are decided in ``deciding``."""

from datetime import date, datetime
from enum import StrEnum

from one_things import events as e
from one_things.clock import Stop
from one_things.delivery import DeliveryState
from one_things.delivery_choice import ChosenDelivery
from one_things.licences import LicenceFault, LicenceOutcome
from one_things.limit_watch import GrantedExtension, JointRun, LimitWatch, ProcedureRun, Rest
from one_things.model import Record
from one_things.plan import Plan, PlannedMaterial
from one_things.proposal import Confirmation, Proposal
from one_things.sealed import Sealed
from one_things.signing import SigningState


class ItemStatus(StrEnum):
    """Where an item stands."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    """Its department has it and has not accepted it yet."""
    ACCEPTED = "accepted"
    NOTICE = "notice"
    CORRECTION = "correction"
    RETURNED = "returned"
    """Back with the applicant, who may hand it in again; its department holds nothing of it."""
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"
    UNDONE = "undone"
    UNDO_FAILED = "undo_failed"


class CasePhase(StrEnum):
    """Where the case as a whole stands."""

    PROPOSED = "proposed"
    """A department's event began it, and its applicant has not confirmed yet."""
    OPEN = "open"
    STOPPING = "stopping"
    CLOSED = "closed"


PENDING = frozenset(
    {ItemStatus.SUBMITTED, ItemStatus.RECEIVED, ItemStatus.ACCEPTED, ItemStatus.NOTICE, ItemStatus.CORRECTION}
)
"""The item lies with its department (or with the applicant for a correction) and is not decided."""


class HeldBackNotice(Record):
    """A second correction notice that waits for an operator; its fields are those of the event."""

    item: str
    attempt: int
    decision_id: str
    points: Sealed
    asks: tuple[str, ...] | None = None


class Deferral(Record):
    """Until when a deferred material has to be there."""

    due_on: date
    due_at: datetime
    provisional: bool = False
    in_doubt: bool = False
    """A provisional date has come and is being reckoned anew."""
    missed: bool = False


class MovedMoney(Record):
    """Money that an item moved, as it was confirmed; what went back or was paid out by hand by its number."""

    amount_fen: int
    currency: str
    reference: str
    given_back: str | None = None
    paid_by_hand: str | None = None
    by_hand_fen: int = 0


class Receipt(Record):
    """An item that its department has received and not accepted."""

    handed_in_at: datetime
    deemed_on: date
    deemed_at: datetime
    """From here its silence counts as acceptance."""
    provisional: bool = False
    in_doubt: bool = False


class Return(Record):
    """Why an item was returned, and whose doing it was."""

    reason: e.ReturnReason
    responsible: e.Responsible
    note: Sealed | None = None


class ItemState(Record):
    """The state of one item."""

    status: ItemStatus = ItemStatus.WAITING
    attempt: int = 0
    reference: str | None = None
    submitted_at: datetime | None = None
    """When this attempt was begun to be submitted."""
    accepted_at: datetime | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    breached: bool = False
    notice_ends_at: datetime | None = None
    unreachable_since: datetime | None = None
    decision_ids: tuple[str, ...] = ()
    """Every decision that counted, so that a repeat is known as one."""
    code: str | None = None
    reason: Sealed | None = None
    article: str | None = None
    correction_points: Sealed | None = None
    asks: tuple[str, ...] | None = None
    """While a correction is asked for: the fields and materials it names; None when all may be changed."""
    corrections_asked: int = 0
    corrections_permitted: int = 0
    """Notices beyond the first that operators allowed."""
    held_back: HeldBackNotice | None = None
    results: tuple[e.DecidedResult, ...] = ()
    lacks: tuple[str, ...] = ()
    """Deferred materials without which this attempt was submitted and that its department has not got yet."""
    received: Receipt | None = None
    """While its department has not said whether it accepts this attempt."""
    accepted_from: datetime | None = None
    """It is accepted, from this moment on, and its dates are being reckoned or have been."""
    deemed_accepted: bool = False
    """Accepted by silence (行政许可法 32): no correction notice can follow."""
    returned: Return | None = None
    """Set from a return until it is handed in again."""
    asked_at: datetime | None = None
    """Since when it waits for its applicant alone."""
    reminded: bool = False
    silence_of_applicant_reported: bool = False
    to_withdraw: bool = False
    """The platform refused it while it lay with its department, which has to be told."""
    window_ends_at: datetime | None = None
    window_provisional: bool = False
    date_in_doubt: bool = False
    """Its dates are being reckoned anew: nothing follows from one meanwhile."""
    reckonings: int = 0
    """How often its dates were thrown open, so that an answer to an older question is known as one."""
    watch: LimitWatch = LimitWatch()
    """Over the limit of the decision, in cases whose plan says what is warned of."""
    procedures: tuple[ProcedureRun, ...] = ()
    """The special procedures of this acceptance, in the order in which they began."""
    extension: GrantedExtension | None = None
    act_ids: tuple[str, ...] = ()
    """Every act of the department that counted and was no decision, so that a repeat is known as one."""
    silence_reported: bool = False
    signing: SigningState | None = None
    money: MovedMoney | None = None
    not_counted: str | None = None
    """Why the department's last answer does not count."""
    credit: e.CreditOutcome | None = None
    """What the credit check said; None before it and where none is demanded."""
    credit_unavailable_since: datetime | None = None

    @property
    def awaits_hand_in(self) -> bool:
        """Whether it was never handed in; an answered correction is handed in again, not for the first time."""
        return self.status is ItemStatus.WAITING and self.attempt == 0

    @property
    def awaits_signatures(self) -> bool:
        """Whether its parties are signing."""
        return self.status is ItemStatus.WAITING and self.signing is not None and not self.signing.completed

    def awaits_signature(self, party: str, drawn_up: int) -> bool:
        """Whether this party's signature under the document as it was drawn up then is still awaited."""
        signing = self.signing
        awaited = signing is not None and self.awaits_signatures
        return awaited and signing is not None and signing.round == drawn_up and not signing.signed(party)

    def counted(self, number: str) -> bool:
        """Whether a decision, an act or an institution's signature of this number has counted."""
        signatures = self.signing.signatures if self.signing is not None else ()
        return number in (*self.act_ids, *self.decision_ids, *(signature.by for signature in signatures))

    @property
    def lies_with_department(self) -> bool:
        """Whether a department holds an undecided submission of it, also while its correction is under way."""
        return self.status in PENDING or (
            self.status is ItemStatus.WAITING and self.attempt > 0 and self.returned is None
        )


class OperatorTask(Record):
    """An open task of an operator."""

    item: str
    kind: e.TaskKind
    reason: Sealed | None = None
    opened_at: datetime


class HandedInInstead(Record):
    """What the applicant handed in for a look-up whose source was down."""

    form: Sealed
    digest: str
    materials: tuple[PlannedMaterial, ...] = ()


class LicenceState(Record):
    """How far the look-up of an e-licence has come."""

    outcome: LicenceOutcome
    fault: LicenceFault | None = None
    reference: Sealed | None = None
    digest: str | None = None
    since: datetime


class Rating(Record):
    """What the applicant thought of the case, or of one item; a bad one waits for an answer."""

    item: str | None
    grade: e.Grade
    comment: Sealed | None
    rated_at: datetime
    answer: Sealed | None = None
    answered_at: datetime | None = None

    @property
    def awaits_answer(self) -> bool:
        """Whether it is a bad one that nobody has answered."""
        return self.grade >= e.BAD and self.answer is None


class Mandate(Record):
    """What an agent may do for the applicant, and until when."""

    scope: tuple[e.MandateScope, ...]
    given_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is neither revoked nor ended."""
        return self.revoked_at is None and at < self.ends_at


class SetAsideSoFar(Record):
    """What was kept of what a department said and that does not count."""

    ids: tuple[str, ...] = ()
    more: bool = False
    """There is more of it than is kept."""


class CaseState(Record):
    """The fold of a case's events. ``version`` counts them."""

    case_no: str
    plan: Plan
    owner: str
    channel: e.Channel
    form: Sealed
    answers: Sealed | None = None
    corrections: tuple[Sealed, ...] = ()
    """Later answers of the applicant; a later one wins over the form, field by field."""
    handed_in: dict[str, str] = {}
    """Material → the digest of what was handed in after the application; it takes the place of what came with it."""
    promises: dict[str, bool] = {}
    """Material → whether the promise in its place may stand, once the list of those who may not is answered."""
    exclusions_down: tuple[str, ...] = ()
    """Promises for which that list has not answered yet."""
    reports: dict[str, str] = {}
    """Item and promise → what their supervising department was told last."""
    deferrals: dict[str, Deferral] = {}
    """Deferred material → until when it has to be there, once that is reckoned."""
    facts: dict[str, Sealed | None] = {}
    """Look-up → its sealed fields; None when the department holds nothing."""
    sources_down: tuple[str, ...] = ()
    """Sources that have not answered yet, in the order in which they were found down."""
    handed_instead: dict[str, HandedInInstead] = {}
    """Look-up → what the applicant gave in its place; it counts, whatever the source answers later."""
    licences: dict[str, LicenceState] = {}
    """Material → the look-up of the e-licence that is to stand for it."""
    items: dict[str, ItemState]
    phase: CasePhase = CasePhase.OPEN
    stop_reason: e.StopReason | None = None
    stopped_by: str | None = None
    pivot_passed: bool = False
    tasks: tuple[OperatorTask, ...] = ()
    time_can_be_skipped: bool = False
    seconds_ahead: int = 0
    joint: dict[str, JointRun] = {}
    """Joint limit → how it runs, once it does."""
    rest: Rest | None = None
    """Set while the applicant rests the case."""
    rests: tuple[Stop, ...] = ()
    """The rests that are over; like ``rest``, each stopped every clock."""
    calendar: int = 0
    """The last publication of a calendar that the case was told of."""
    proposal: Proposal | None = None
    """None in a case that its applicant applied for."""
    confirmation: Confirmation = Confirmation()
    outcome: e.CaseOutcome | None = None
    ratings: tuple[Rating, ...] = ()
    delivery: ChosenDelivery | None = None
    """How results on paper come; None: not at all."""
    deliveries: dict[str, DeliveryState] = {}
    """Item → the delivery of its papers, once it has begun."""
    set_aside: dict[str, SetAsideSoFar] = {}
    """By department and item of its own, or by department alone for whatever else it meant, such as what it signs."""
    mandates: dict[str, Mandate] = {}
    """Agent → the last mandate that the applicant gave them."""
    opened_at: datetime
    closed_at: datetime | None = None
    changed_at: datetime
    version: int

    @property
    def handed_in_at(self) -> datetime:
        """When its applicant handed it in: when it opened, or when they confirmed what an event had begun."""
        return self.confirmation.confirmed_at or self.opened_at

    def clock_stands(self, item_id: str) -> bool:
        """Whether the item's clock stands: for a special procedure, or because the applicant rests the case."""
        return self.rest is not None or any(run.lasts for run in self.items[item_id].procedures)

    def belongs_to(self, item_id: str, department: str) -> bool:
        """Whether the case has this item and it is the department's to decide."""
        return item_id in self.items and self.plan.item(item_id).department == department

    def place_of_set_aside(self, department: str, item_id: str) -> str:
        """Under which name it is counted how much of a department was set aside."""
        return f"{department}/{item_id if self.belongs_to(item_id, department) else ''}"

    def item(self, item_id: str) -> ItemState:
        """The state of this item. Raises KeyError when the case has none of that id."""
        return self.items[item_id]
