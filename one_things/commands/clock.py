"""What follows by itself when a time has come."""

from datetime import date, datetime

from one_things import events as e
from one_things.limit_dates import LimitDates
from one_things.model import Record


class EndNotice(Record):
    """The public notice has run its time."""

    item: str


class WarnLimit(Record):
    """A limit is about to pass: of the decision, or of a special procedure."""

    item: str
    procedure: str | None = None


class BreachLimit(Record):
    """A limit has passed: of the decision, or of a special procedure."""

    item: str
    limit: e.LimitKind = e.LimitKind.COMMITTED
    procedure: str | None = None


class EscalateLimit(Record):
    """A breach goes to the next level."""

    item: str
    level: str
    procedure: str | None = None


class ReportSilence(Record):
    """A department has not answered anything for so long that an operator is asked to help."""

    item: str


class LapseWindow(Record):
    """The window for handing in has closed."""

    item: str


class DoubtDate(Record):
    """A date has come that was provisional when it was reckoned."""

    item: str


class RecordDate(Record):
    """The dates as today's calendar gives them: of an accepted item and its procedures, or the end of a window."""

    item: str
    due_on: date | None = None
    due_at: datetime | None = None
    window_ends_at: datetime | None = None
    provisional: bool = False
    limit: LimitDates | None = None
    procedures: dict[str, LimitDates] = {}
    reckoning: int | None = None
    """To which question this is the answer; None counts for any."""


ClockCommand = (
    EndNotice | WarnLimit | BreachLimit | EscalateLimit | ReportSilence | LapseWindow | DoubtDate | RecordDate
)
