"""Everything that can happen to a case, as facts in the past tense; the state of a case is nothing but their fold.

Events are stored for decades: a change of shape is a new ``schema_version`` of the event, never an edit of an old one.
Texts that people or departments wrote are sealed; what stands here in the clear may be read by every operator.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from one_things.definition import ItemResult
from one_things.model import Record
from one_things.plan import Plan
from one_things.sealed import Sealed
from one_things.text import Line, Word


class Channel(StrEnum):
    """Through which door an act came in."""

    WEB = "web"
    PHONE = "phone"
    KIOSK = "kiosk"
    COUNTER = "counter"
    VIDEO = "video"


class CaseOutcome(StrEnum):
    """How a case ended."""

    COMPLETED = "completed"
    REFUSED = "refused"
    OBJECTED = "objected"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class StopReason(StrEnum):
    """Why a case stopped before its pivot."""

    REFUSED = "refused"
    OBJECTED = "objected"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"

    @property
    def outcome(self) -> CaseOutcome:
        """How a case ends that stopped for this reason."""
        return CaseOutcome(self.value)


class TaskKind(StrEnum):
    """What an operator is asked to put right."""

    UNDO_FAILED = "undo_failed"
    REFUSED_AFTER_PIVOT = "refused_after_pivot"


class DecidedResult(Record):
    """A result as the department issued it: which one, under which reference, with which content digest."""

    id: Word
    kind: Literal["e_licence", "document", "confirmation"]
    reference: Line
    digest: Word | None = None

    def matches(self, planned: ItemResult) -> bool:
        """Whether this is the result that the plan announces."""
        return self.id == planned.id


class EventRecord(Record):
    """What all events share: when it happened, in the time of the case."""

    at: datetime
    schema_version: Literal[1] = 1


class ItemEvent(EventRecord):
    """An event of one item."""

    item: str


class CaseOpened(EventRecord):
    """The case exists: its plan, its sealed form and answers, and whose it is (an opaque subject, never a name)."""

    type: Literal["case_opened"] = "case_opened"
    case_no: str
    plan: Plan
    form: Sealed
    answers: Sealed | None = None
    owner: str
    channel: Channel
    time_can_be_skipped: bool = False
    """True only in the embedded city, where days of waiting may be fast-forwarded."""


class SharedDataFetched(EventRecord):
    """A department answered a look-up of shared data; the fields are sealed."""

    type: Literal["shared_data_fetched"] = "shared_data_fetched"
    lookup: str
    fields: Sealed
    digest: Word


class SharedDataMissing(EventRecord):
    """The department answered that it holds nothing about this applicant."""

    type: Literal["shared_data_missing"] = "shared_data_missing"
    lookup: str


class SharedDataUnavailable(EventRecord):
    """The source does not answer; the look-up goes on and the items that need it wait. Never read as an empty field."""

    type: Literal["shared_data_unavailable"] = "shared_data_unavailable"
    lookup: str


class ItemSubmitted(ItemEvent):
    """The item is on its way to its department under the idempotency key of this attempt."""

    type: Literal["item_submitted"] = "item_submitted"
    attempt: int


class DepartmentUnreachable(ItemEvent):
    """The department has not answered; asking goes on, first whether the submission arrived."""

    type: Literal["department_unreachable"] = "department_unreachable"
    attempt: int


class ItemAccepted(ItemEvent):
    """The department took the item (受理): from here its clock runs, in working days."""

    type: Literal["item_accepted"] = "item_accepted"
    attempt: int
    reference: Line
    due_on: date | None = None
    due_at: datetime | None = None
    """The end of ``due_on`` in the department's time zone."""
    provisional: bool = False
    """The date crosses into a year whose official calendar is not published yet."""


class NoticeBegan(ItemEvent):
    """A public notice runs until ``ends_at``; ``windows`` says until when other items may then be handed in."""

    type: Literal["notice_began"] = "notice_began"
    attempt: int
    reference: Line
    ends_at: datetime
    windows: dict[str, datetime] = {}
    provisional_windows: tuple[str, ...] = ()
    """Items whose window ends in a year whose official calendar is not published yet."""


class NoticeEnded(ItemEvent):
    """The notice ended without an objection; the item is finished."""

    type: Literal["notice_ended"] = "notice_ended"


class LimitBreached(ItemEvent):
    """The committed limit passed without a decision."""

    type: Literal["limit_breached"] = "limit_breached"
    due_on: date


class DateDoubted(ItemEvent):
    """A provisional date has come: before anything follows from it, it is reckoned anew by today's calendar."""

    type: Literal["date_doubted"] = "date_doubted"


class DateReckoned(ItemEvent):
    """The date by the calendar that is known now; it is no longer provisional."""

    type: Literal["date_reckoned"] = "date_reckoned"
    due_on: date | None = None
    due_at: datetime | None = None
    window_ends_at: datetime | None = None


class CorrectionRequested(ItemEvent):
    """The department asks for corrections (补正告知), all points at once."""

    type: Literal["correction_requested"] = "correction_requested"
    attempt: int
    decision_id: Word
    points: Sealed


class CorrectionAnswered(ItemEvent):
    """The applicant answered; the item is submitted again as the next attempt."""

    type: Literal["correction_answered"] = "correction_answered"
    form: Sealed
    channel: Channel


class ItemApproved(ItemEvent):
    """The department decided for the applicant."""

    type: Literal["item_approved"] = "item_approved"
    decision_id: Word
    results: tuple[DecidedResult, ...] = ()


class ItemRefused(ItemEvent):
    """The department decided against the applicant, or an objection stopped a notice (``code`` = "objection")."""

    type: Literal["item_refused"] = "item_refused"
    decision_id: Word
    code: Word
    reason: Sealed
    article: Line | None = None


class ItemLapsed(ItemEvent):
    """The window in which the item could be handed in closed before it was ready."""

    type: Literal["item_lapsed"] = "item_lapsed"
    window_ended_at: datetime


class CaseStopped(EventRecord):
    """The case goes no further: what is under way is withdrawn and what succeeded is undone, in reverse order."""

    type: Literal["case_stopped"] = "case_stopped"
    reason: StopReason
    item: str | None = None
    """The item that stopped it; None when the applicant cancelled."""
    channel: Channel | None = None


class PivotPassed(ItemEvent):
    """The pivot is decided: from here nothing is undone."""

    type: Literal["pivot_passed"] = "pivot_passed"


class ItemUndone(ItemEvent):
    """The department withdrew a pending item or undid an approved one."""

    type: Literal["item_undone"] = "item_undone"


class OperatorTaskOpened(ItemEvent):
    """Something only a person can put right; the case waits for it."""

    type: Literal["operator_task_opened"] = "operator_task_opened"
    kind: TaskKind
    reason: Sealed | None = None


class OperatorTaskSettled(ItemEvent):
    """An operator put it right, outside the system, and says how."""

    type: Literal["operator_task_settled"] = "operator_task_settled"
    operator: str
    note: Sealed


class ClockFastForwarded(EventRecord):
    """In the embedded city: the case's time was moved ahead instead of waiting."""

    type: Literal["clock_fast_forwarded"] = "clock_fast_forwarded"
    seconds: int


class CaseClosed(EventRecord):
    """The case ended."""

    type: Literal["case_closed"] = "case_closed"
    outcome: CaseOutcome


Event = Annotated[
    CaseOpened
    | SharedDataFetched
    | SharedDataMissing
    | SharedDataUnavailable
    | ItemSubmitted
    | DepartmentUnreachable
    | ItemAccepted
    | NoticeBegan
    | NoticeEnded
    | LimitBreached
    | DateDoubted
    | DateReckoned
    | CorrectionRequested
    | CorrectionAnswered
    | ItemApproved
    | ItemRefused
    | ItemLapsed
    | CaseStopped
    | PivotPassed
    | ItemUndone
    | OperatorTaskOpened
    | OperatorTaskSettled
    | ClockFastForwarded
    | CaseClosed,
    Field(discriminator="type"),
]

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def event_from_json(data: str | bytes) -> Event:
    """The event that ``data`` records. Raises pydantic's ValidationError for anything else."""
    return _EVENT.validate_json(data)


def event_to_json(event: Event) -> str:
    """The one way an event is written down; the chain of hashes runs over these bytes."""
    return event.model_dump_json(exclude_defaults=False, exclude_none=True)
