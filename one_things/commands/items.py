"""What departments answer and decide."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from one_things import events as e
from one_things.limit_dates import LimitDates
from one_things.model import Record
from one_things.money import PaymentMade
from one_things.sealed import Sealed
from one_things.text import Line, Word


class BeginSubmission(Record):
    """The item is about to be submitted."""

    item: str


class RecordUnreachable(Record):
    """The department did not answer a submission or an undo yet."""

    item: str


class Done(Record):
    """The department decided at once, for the applicant."""

    reply: Literal["done"] = "done"
    results: tuple[e.DecidedResult, ...] = ()
    payment: PaymentMade | None = None


class Taken(Record):
    """The department took the item; its dates were reckoned with the calendar of that day."""

    reply: Literal["taken"] = "taken"
    reference: Line
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    notice_ends_at: datetime | None = None
    windows: dict[str, datetime] = {}
    provisional_windows: tuple[str, ...] = ()
    limit: LimitDates | None = None
    """All dates of the limit; None for notices, and for cases planned without them."""


class Received(Record):
    """The department has it, and has not said yet whether it accepts it."""

    reply: Literal["received"] = "received"
    reference: Line
    handed_in_at: datetime
    deemed_on: date
    deemed_at: datetime
    provisional: bool = False


class Refused(Record):
    """The department refused at once."""

    reply: Literal["refused"] = "refused"
    code: Word
    reason: Sealed
    article: Line | None = None


class NeedsCorrection(Record):
    """The department asks for corrections at once."""

    reply: Literal["needs_correction"] = "needs_correction"
    points: Sealed
    named: tuple[Word, ...] = ()
    """What each point is about: the id of a field or a material, or whatever else the department wrote there."""


Reply = Annotated[Done | Taken | Received | Refused | NeedsCorrection, Field(discriminator="reply")]


class RecordReply(Record):
    """The department answered the submission of this attempt."""

    item: str
    attempt: int
    reply: Reply


class Verdict(StrEnum):
    """What a department can decide."""

    APPROVED = "approved"
    REFUSED = "refused"
    CORRECTION = "correction"
    OBJECTION = "objection"


class Decide(Record):
    """A department's decision. ``decision_id`` is the department's own; a repeat carries the same."""

    decision_id: Word
    department: str
    item: str
    attempt: int
    verdict: Verdict
    code: Word = ""
    reason: Sealed | None = None
    article: Line | None = None
    points: Sealed | None = None
    named: tuple[Word, ...] = ()
    """What each point is about, as in ``NeedsCorrection``."""
    results: tuple[e.DecidedResult, ...] = ()
    payment: PaymentMade | None = None
    officer: Word | None = None
    """Who decided on the workbench; None where the department's own system said so."""


class RecordUndone(Record):
    """The department answered an undo; ``refused`` holds its reason when it would not."""

    item: str
    refused: Sealed | None = None
    failed: bool = False
    payment: PaymentMade | None = None
    """What the department gave back."""


DepartmentCommand = BeginSubmission | RecordUnreachable | RecordReply | Decide | RecordUndone
