"""What may be asked of a case. Which events follow is decided in ``deciding.py``."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from one_things import events as e
from one_things.model import Record
from one_things.plan import Plan
from one_things.sealed import Sealed
from one_things.text import Line, Word


class OpenCase(Record):
    """Open the case: the very first command."""

    case_no: str
    plan: Plan
    """The plan without the answers it was made from: they tell about a person."""
    form: Sealed
    answers: Sealed | None = None
    """The answers to the situations; None where none was asked."""
    owner: str
    channel: e.Channel
    time_can_be_skipped: bool = False


class RecordSharedData(Record):
    """A look-up was answered; ``fields`` is None when the department holds nothing."""

    lookup: str
    fields: Sealed | None
    digest: Word = ""


class RecordSourceDown(Record):
    """A look-up was not answered yet."""

    lookup: str


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


Reply = Annotated[Done | Taken | Refused | NeedsCorrection, Field(discriminator="reply")]


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
    results: tuple[e.DecidedResult, ...] = ()


class EndNotice(Record):
    """The public notice has run its time."""

    item: str


class BreachLimit(Record):
    """The committed limit has passed."""

    item: str


class LapseWindow(Record):
    """The window for handing in has closed."""

    item: str


class DoubtDate(Record):
    """A date has come that was provisional when it was reckoned."""

    item: str


class RecordDate(Record):
    """The date as today's calendar gives it: the due date of an accepted item, or the end of a window."""

    item: str
    due_on: date | None = None
    due_at: datetime | None = None
    window_ends_at: datetime | None = None


class AnswerCorrection(Record):
    """The applicant answers a correction notice."""

    item: str
    form: Sealed
    channel: e.Channel


class Cancel(Record):
    """The applicant takes the application back."""

    channel: e.Channel


class RecordUndone(Record):
    """The department answered an undo; ``refused`` holds its reason when it would not."""

    item: str
    refused: Sealed | None = None
    failed: bool = False


class SettleTask(Record):
    """An operator says a task is put right, and how."""

    item: str
    operator: str
    note: Sealed


class FastForward(Record):
    """In the embedded city: the case's time is about to move ahead."""

    seconds: int


class Close(Record):
    """Nothing is left to do."""

    outcome: e.CaseOutcome


Command = (
    RecordSharedData
    | RecordSourceDown
    | BeginSubmission
    | RecordUnreachable
    | RecordReply
    | Decide
    | EndNotice
    | BreachLimit
    | LapseWindow
    | DoubtDate
    | RecordDate
    | AnswerCorrection
    | Cancel
    | RecordUndone
    | SettleTask
    | FastForward
    | Close
)
