"""What is watched over a limit that runs: its dates, and what followed from them already. Part of a case's state."""

from datetime import datetime

from one_things.clock import Stop
from one_things.limit_dates import LimitDates
from one_things.model import Record
from one_things.sealed import Sealed


class LimitWatch(Record):
    """The watch over one limit. Without ``dates`` it stands still, or has never run."""

    dates: LimitDates | None = None
    warned: bool = False
    breached: bool = False
    breached_statutory: bool = False
    escalated: tuple[str, ...] = ()
    """The levels that were told of the breach."""

    def standing(self) -> "LimitWatch":
        """The limit stands: no date, and nothing can follow from one; what happened has happened."""
        return self.model_copy(update={"dates": None})

    def running(self, dates: LimitDates, at: datetime) -> "LimitWatch":
        """The limit runs by these dates from ``at`` on; who was warned of an earlier date is warned of a later one."""
        return self.model_copy(update={"dates": dates, "warned": self.warned and dates.warn_at <= at})


class ProcedureRun(Record):
    """A special procedure that was begun. While it lasts the item's clock stands (行政许可法 45)."""

    procedure: str
    since: datetime
    until: datetime | None = None
    watch: LimitWatch = LimitWatch()
    """Over its own promised time."""

    @property
    def lasts(self) -> bool:
        """Whether it has not ended."""
        return self.until is None

    @property
    def stop(self) -> Stop:
        """The stop of the clock that it is."""
        return Stop(since=self.since, until=self.until)


class GrantedExtension(Record):
    """The one extension of an item's limit."""

    working_days: int
    approver: Sealed
    reason: Sealed
    granted_at: datetime


class JointRun(Record):
    """A limit over several items: it runs from the first acceptance among them to the last decision."""

    since: datetime
    watch: LimitWatch = LimitWatch()
    in_doubt: bool = False
    """Its dates are being reckoned."""
    reckonings: int = 0
    """How often its dates were thrown open, so that an answer to an older question is known as one."""


class Rest(Record):
    """The applicant rests the case: nothing is begun and every clock stands, at the latest until ``resumes_at``."""

    since: datetime
    resumes_at: datetime
