"""What follows by itself when a time has come."""

from datetime import date, datetime

from one_things.model import Record


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


ClockCommand = EndNotice | BreachLimit | LapseWindow | DoubtDate | RecordDate
