"""Questions to the working calendar, and its answers: dates are reckoned in activities (ADR 0009)."""

from datetime import date, datetime

from one_things.clock import Stop
from one_things.commands import Taken
from one_things.limit_dates import LimitDates, LimitTerms, LimitToReckon
from one_things.model import Record
from one_things.plan import PlannedNotice


class ReckonRequest(Record):
    """Reckon dates anew by the calendar known now: a window's end, a due date, or an item's limit and procedures."""

    accepted_at: datetime | None = None
    committed_days: int | None = None
    notice_ended_at: datetime | None = None
    window_days: int | None = None
    limit: LimitToReckon | None = None
    procedures: dict[str, LimitToReckon] = {}
    publication: int = 0
    """At least this publication of the calendar has to be known to whoever reckons."""


class ReckonReply(Record):
    """The dates, whatever was asked for."""

    due_on: date | None = None
    due_at: datetime | None = None
    window_ends_at: datetime | None = None
    provisional: bool = False
    limit: LimitDates | None = None
    procedures: dict[str, LimitDates] = {}


class ReckonLimitRequest(Record):
    """Reckon the dates of one limit."""

    limit: LimitToReckon
    publication: int = 0


class DeferralRequest(Record):
    """Reckon until when a deferred material has to be there."""

    handed_in_at: datetime
    working_days: int
    publication: int = 0
    """At least this publication of the calendar has to be known to whoever reckons."""
    stops: tuple[Stop, ...] = ()
    """The rests that are over: their days do not count."""


class DeferralReply(Record):
    """The last day, its end, and whether a calendar that is not published yet may still move it."""

    due_on: date
    due_at: datetime
    provisional: bool


class AcceptanceRequest(Record):
    """Reckon what follows from an acceptance at ``at``; a public notice begins ``now``, whenever it was handed in."""

    reference: str
    at: datetime
    now: datetime
    committed_days: int | None
    limit: LimitTerms | None = None
    notice: PlannedNotice | None = None
    publication: int = 0


class AcceptanceReply(Record):
    """As if the department had taken it then."""

    taken: Taken


class SilenceRequest(Record):
    """Reckon when a department's silence about an item counts as acceptance."""

    handed_in_at: datetime
    publication: int = 0


class SilenceReply(Record):
    """The last day on which it may still speak, and its end."""

    deemed_on: date
    deemed_at: datetime
