"""The dates of one limit: when it is due by promise and by law, when to warn before it, when to escalate after it.

They are reckoned with a working calendar, which changes with what the State Council publishes: outside the workflow,
once, and recorded. Whoever replays a history reads them there and never reckons them again.
"""

from datetime import date, datetime, timedelta

from pydantic import Field

from one_things.clock import OFFICIAL, Stop, WorkingCalendar, due_date, end_of_day
from one_things.model import Record

_ONE_DAY = timedelta(days=1)
_A_MOMENT = timedelta(microseconds=1)


class LimitTerms(Record):
    """What the dates of a limit follow from, beside its beginning and its stops; all in working days."""

    committed_days: int = Field(ge=0)
    statutory_days: int | None = None
    """None where the law sets none, as for the promised time of a special procedure."""
    extension_days: int = Field(default=0, ge=0)
    """Granted once, on top of both limits (行政许可法 42)."""
    warn_before: int = Field(default=1, ge=0)
    """The warning comes on the day on which so many working days are left (C27)."""
    escalation: dict[str, int] = {}
    """Level → working days after the committed limit has passed."""


class LimitToReckon(Record):
    """One limit, as an activity is asked to reckon it."""

    begins_at: datetime
    terms: LimitTerms
    stops: tuple[Stop, ...] = ()
    """What stopped it and has ended; a limit that stands has no dates to reckon."""


class LimitDates(Record):
    """The dates of a limit by the calendar known when they were reckoned. Each limit is kept until its ``…_at``."""

    due_on: date
    due_at: datetime
    provisional: bool = False
    """``due_on`` crosses into a year whose official calendar is not published yet."""
    statutory_on: date | None = None
    statutory_at: datetime | None = None
    statutory_provisional: bool = False
    warn_at: datetime
    """The beginning of the day on which everybody concerned is warned."""
    escalate_at: dict[str, datetime] = {}
    """Level → when it is told of the breach."""
    extension_days: int = 0
    """The working days of extension that are in these dates."""

    def settled(self, at: datetime) -> "LimitDates":
        """The same dates at ``at``: what has come is no longer provisional, whatever is published later."""
        return self.model_copy(
            update={
                "provisional": self.provisional and self.due_at > at,
                "statutory_provisional": self.statutory_provisional
                and self.statutory_at is not None
                and self.statutory_at > at,
            }
        )

    @property
    def doubtful_at(self) -> datetime | None:
        """The first provisional date: nothing follows from it before it is reckoned anew. None when all are certain."""
        if self.provisional:
            return self.due_at
        return self.statutory_at if self.statutory_provisional else None


def limit_dates(limit: LimitToReckon, calendar: WorkingCalendar = OFFICIAL) -> LimitDates:
    """The dates of ``limit``. Raises ClockFault for days below 0 and moments without a time zone.

    The warning falls on the day that leaves ``warn_before`` working days, and never on the day of acceptance: of a
    limit of one working day it comes on that day.
    """
    terms, start, stops = limit.terms, limit.begins_at, limit.stops
    promised = terms.committed_days + terms.extension_days
    due = due_date(start, promised, stops, calendar=calendar)
    lawful = (
        None
        if terms.statutory_days is None
        else due_date(start, terms.statutory_days, stops, terms.extension_days, calendar=calendar)
    )
    warned = due if promised == 0 else due_date(start, max(promised - terms.warn_before, 1), stops, calendar=calendar)
    last_moment = due.ends_at - _A_MOMENT
    return LimitDates(
        due_on=due.date,
        due_at=due.ends_at,
        provisional=due.provisional,
        statutory_on=lawful.date if lawful else None,
        statutory_at=lawful.ends_at if lawful else None,
        statutory_provisional=lawful.provisional if lawful else False,
        warn_at=end_of_day(warned.date - _ONE_DAY),
        escalate_at={
            level: due.ends_at if days == 0 else due_date(last_moment, days, calendar=calendar).ends_at
            for level, days in terms.escalation.items()
        },
        extension_days=terms.extension_days,
    )
