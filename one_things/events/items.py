"""An item on its way: submitted, taken, decided, undone."""

from datetime import date, datetime
from typing import Literal

from one_things.events.vocabulary import DecidedResult, ItemEvent
from one_things.limit_dates import LimitDates
from one_things.sealed import Sealed
from one_things.text import Line, Word


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
    since: datetime | None = None
    """Set when it counts from another moment than now: from hand-in, after a silence (行政许可法 32)."""
    due_on: date | None = None
    due_at: datetime | None = None
    """The end of ``due_on`` in the department's time zone."""
    provisional: bool = False
    """The date crosses into a year whose official calendar is not published yet."""
    limit: LimitDates | None = None
    """All dates of the limit; None for cases planned without them."""


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
    reason: Sealed | None = None
    """In the department's words; None where the platform refused, by the rule that ``code`` names."""
    article: Line | None = None
    by_platform: bool = False
    """The platform refused it, not its department: what lies with the department is withdrawn."""


class PivotPassed(ItemEvent):
    """The pivot is decided: from here nothing is undone."""

    type: Literal["pivot_passed"] = "pivot_passed"


class ItemUndone(ItemEvent):
    """The department withdrew a pending item or undid an approved one."""

    type: Literal["item_undone"] = "item_undone"


DepartmentEvent = (
    ItemSubmitted | DepartmentUnreachable | ItemAccepted | ItemApproved | ItemRefused | PivotPassed | ItemUndone
)
