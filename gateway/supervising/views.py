"""What supervision says: one department in the list, one in detail, and the cases behind a number."""

from datetime import date, datetime
from enum import StrEnum

from gateway.supervising.figures import Figures
from one_things.case import ItemStatus
from one_things.events import Responsible, ReturnReason
from one_things.model import Record
from one_things.office_days import OfficeNotice
from one_things.text import Text


class Period(StrEnum):
    """Calendar days back from today, today included."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    WHOLE = "all"

    @property
    def days(self) -> int | None:
        """How many; None for everything that was ever recorded."""
        return None if self is Period.WHOLE else int(self.value)


class Which(StrEnum):
    """Which cases of a department."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    WITH_APPLICANT = "with_applicant"
    RETURNED = "returned"
    CORRECTED = "corrected"


class Lies(Record):
    """Undecided items now."""

    open: int = 0
    """With the department; those that are due soon and overdue are among them."""
    due_soon: int = 0
    """Their limit is about to pass: the warning of the bundle has come, or silence is about to accept them."""
    overdue: int = 0
    with_applicant: int = 0
    """A correction is asked for, or the item was returned."""


class DepartmentCard(Record):
    """A department as the directory in force describes it, as far as supervision shows it."""

    code: str
    title: Text | None = None
    kind: str
    maintenance_until: datetime | None = None
    """Set while it is in maintenance."""
    office: tuple[OfficeNotice, ...] = ()
    """Days of the coming week on which its office is closed or open otherwise than the official calendar says."""


class LeftAlone(Record):
    """One of our processes has stopped calling it, but for one call now and then."""

    process: str
    state: str
    """``open``, or ``probing`` while such a call is under way."""
    since: datetime
    failures: int
    """Calls in a row that nobody answered."""
    cause: str
    next_probe_at: datetime


class Fetching(Record):
    """Decisions that we fetch, because the department's system sends none (it is polled, or exchanges files)."""

    succeeded_at: datetime | None
    """When we last had all that there was; None when that never was."""
    behind_seconds: int
    """Since then, or since it was first asked: what it decided in that time may be unread."""
    failures: int
    """Looks in a row at which nothing could be had."""
    cause: str | None
    gap: str | None
    """What is missing of its numbered batches."""
    next_at: datetime


class System(Record):
    """The department's own system, as our processes find it."""

    kind: str | None
    """None for one that is not in the directory."""
    calls: int
    """In the last day, by full hours."""
    failures: int
    """Of them, those without a clear answer."""
    error_rate: float | None
    left_alone: tuple[LeftAlone, ...]
    maintenance_until: datetime | None
    office: tuple[OfficeNotice, ...]
    """Days of the coming week on which its office is closed or open otherwise than the official calendar says."""
    fetching: Fetching | None
    """None for one whose system calls us."""
    passed_over: int
    """What was fetched in the last day and did not count: late, foreign or malformed; those behind it went on."""


class SupervisedDepartment(Record):
    """A department: what lies with it now, and what it did in the period."""

    code: str
    title: Text
    lies: Lies
    figures: Figures
    system: System


class Supervised(Record):
    """Every department that the caller supervises, the one with the most overdue items first."""

    period: Period
    at: datetime
    departments: tuple[SupervisedDepartment, ...]


class SupervisedItem(Record):
    """One item of one bundle."""

    bundle: str
    item: str
    title: Text
    lies: Lies
    figures: Figures


class DepartmentDetail(SupervisedDepartment):
    """A department with its items, the one with the most overdue first."""

    period: Period
    at: datetime
    items: tuple[SupervisedItem, ...]


class HandledCase(Record):
    """A case behind a number."""

    case_no: str
    item: str
    title: Text
    status: ItemStatus
    due_on: date | None
    at: datetime | None = None
    """When it was returned, or its correction was asked for."""
    reason: ReturnReason | None = None
    responsible: Responsible | None = None


class HandledCases(Record):
    """A page of them. ``next`` is the cursor of the page after it."""

    cases: tuple[HandledCase, ...]
    next: str | None = None
