"""What events are made of: the words for doors, ends and reasons, and what every event shares."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from one_things.definition import ItemResult
from one_things.model import Record
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
    DECLINED = "declined"
    """It was proposed to the applicant, who did not want it."""
    NOT_CONFIRMED = "not_confirmed"
    """It was proposed, and nobody confirmed it in time."""


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
    SOURCE_DIFFERS = "source_differs"
    """A source that was down answered otherwise than the applicant did meanwhile."""
    SECOND_CORRECTION = "second_correction"
    MATERIAL_MISSING = "material_missing"
    """A deferred material did not come in time."""
    WITHDRAWAL_FAILED = "withdrawal_failed"
    """A department would not take back what the platform had refused."""
    APPLICANT_SILENT = "applicant_silent"
    """An applicant has not answered for long; goes by itself when they do."""
    COMMITMENT_UNREPORTED = "commitment_unreported"
    """A supervising department could not be told the result of an item that a promise went with."""
    MATERIAL_NOT_TAKEN = "material_not_taken"
    """A department would not take a material that followed its submission."""
    DEPARTMENT_SILENT = "department_silent"
    """A department answers nothing at all; goes by itself when it does."""
    ANSWER_INCOMPLETE = "answer_incomplete"
    """A department said done, but named another amount or lacked a result: nothing of it counts."""
    DELIVERY_FAILED = "delivery_failed"
    """A result on paper does not reach its applicant; who settles it answers them."""
    MONEY_LEFT = "money_left"
    """Everything else is done, and a deposit is not paid out."""
    DECISIONS_DIFFER = "decisions_differ"
    """A department decided otherwise after its decision had counted. A notice: the case goes on, and may close."""

    @property
    def holds_the_case(self) -> bool:
        """Whether a case stays open for it."""
        return self is not TaskKind.DECISIONS_DIFFER


class LimitKind(StrEnum):
    """Which limit of a decision: the promised one, or the one that the law sets."""

    COMMITTED = "committed"
    STATUTORY = "statutory"


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
    by: Word | None = None
    """The agent who did it for the applicant, under a mandate."""
    officer: Word | None = None
    """The officer who did it on the workbench, by their account; shown to their department alone."""


class ItemEvent(EventRecord):
    """An event of one item."""

    item: str
