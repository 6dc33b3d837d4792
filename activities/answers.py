"""What activities make of departments' answers that are not clear, and how they know that they ask once more."""

from collections.abc import Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import names
from adapters.port import DepartmentPort, UnknownCause

FindDepartment = Callable[[str], DepartmentPort]


def no_clear_answer(detail: str, cause: UnknownCause | None = None) -> ApplicationError:
    """The outcome is not known: Temporal tries again, and the next try asks before it sends.

    Its type is "busy-here" when the call never left because our own connections were taken, else "no-answer".
    """
    kind = names.BUSY_HERE if cause is UnknownCause.BUSY_HERE else names.NO_ANSWER
    return ApplicationError(detail, type=kind, category=ApplicationErrorCategory.BENIGN)


def is_a_retry() -> bool:
    """Whether this activity was tried before: then an earlier call may have arrived."""
    return activity.info().attempt > 1
