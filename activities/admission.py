"""Whether a department is called now: not beyond what it bears, not in its maintenance, not while it is known down.

Asked by each activity at the moment it finds its department. A call that is not made costs nobody anything but a try;
the delay until the next comes with the refusal (`next_retry_delay`), or by the department's own schedule.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities import names
from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.maintenance import away_until
from adapters.configuration.pace import Retries
from adapters.directory import UnknownDepartment
from adapters.port import DepartmentPort
from adapters.standing import Breakers, Promptness
from adapters.watched import WatchedDepartment
from observability import metrics

_LOG = logging.getLogger("onething.departments")
_SPREAD: Final = 0.2
"""What waits for the same moment does not all come in it."""
_AFTER_MAINTENANCE: Final = timedelta(seconds=10)
_MOST_DOUBLINGS: Final = 200
_SIGNS_OF_LIFE: Final = 3
"""A call under way says so this often within the time in which it has to."""


class Directory(Protocol):
    """The departments in force."""

    def port(self, department: str) -> DepartmentPort:
        """How it is reached. Raises UnknownDepartment."""

    def entry(self, department: str) -> DepartmentEntry:
        """What the deployment says of it. Raises UnknownDepartment."""


class Admission:
    """Finds departments for activities, and lets a call through or not."""

    def __init__(self, directory: Directory, breakers: Breakers) -> None:
        self._directory = directory
        self._breakers = breakers
        self._promptness = Promptness()

    def find(self, department: str) -> DepartmentPort:
        """The department, to be called now. Raises ApplicationError "busy-here" or "no-answer" when it is not to be."""
        try:
            port, entry = self._directory.port(department), self._directory.entry(department)
        except UnknownDepartment as unknown:
            _LOG.warning("%s is asked for and stands in no directory: what asks for it waits", department)
            raise _failure(str(unknown), names.NO_ANSWER) from None
        until = away_until(entry.maintenance, now := _now())
        if until is not None:
            metrics.CALLS_NOT_MADE.labels(department, "maintenance").inc()
            raise _failure(f"{department} is in maintenance", names.BUSY_HERE, until - now, _AFTER_MAINTENANCE)
        if entry.limits is not None and _is_a_first_try():
            metrics.CALLS_NOT_MADE.labels(department, "limits").inc()
            raise _failure(f"{department} is called in turn", names.BUSY_HERE)
        breaker = self._breakers.of(department, entry.breaker)
        if not breaker.admits():
            metrics.CALLS_NOT_MADE.labels(department, "breaker").inc()
            delay = max(breaker.probes_in(), _scheduled(entry.retries))
            raise _failure(f"{department} is known not to answer", names.NO_ANSWER, delay, delay * _SPREAD)
        return WatchedDepartment(
            port,
            breaker,
            called=partial(self._breakers.called, department),
            took=partial(self._promptness.took, department),
        )

    def is_slow(self, department: str) -> bool:
        """Whether its last submission took so long that the next is not made in company."""
        return self._promptness.is_slow(department)


class InTurn(Interceptor):
    """For the worker of one department's queue: its own schedule of retries, and signs of life of long calls."""

    def __init__(self, department: str, directory: Directory) -> None:
        self._department = department
        self._directory = directory

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Temporal's hook."""
        return _InTurn(next, self._department, self._directory)


class _InTurn(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, department: str, directory: Directory) -> None:
        super().__init__(next)
        self._department = department
        self._directory = directory

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        async with _signs_of_life():
            try:
                return await super().execute_activity(input)
            except ApplicationError as error:
                raise self._in_its_time(error) from None

    def _in_its_time(self, error: ApplicationError) -> ApplicationError:
        if error.type != names.NO_ANSWER or error.next_retry_delay is not None:
            return error
        try:
            delay = _scheduled(self._directory.entry(self._department).retries)
        except UnknownDepartment:
            return error
        return _failure(error.message, names.NO_ANSWER, delay, delay * _SPREAD)


@asynccontextmanager
async def _signs_of_life() -> AsyncIterator[None]:
    within = activity.info().heartbeat_timeout
    if not within:
        yield
        return
    beating = asyncio.create_task(_beat(within.total_seconds() / _SIGNS_OF_LIFE))
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


async def _beat(seconds: float) -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(seconds)


def _scheduled(retries: Retries) -> timedelta:
    """After how long the department's schedule tries again what was tried so often."""
    doublings = min(activity.info().attempt - 1, _MOST_DOUBLINGS)
    return timedelta(seconds=min(retries.first_seconds * retries.factor**doublings, retries.longest_seconds))


def _is_a_first_try() -> bool:
    """Once, on the cases' own queue: what goes on for as long as it takes is let through wherever it was begun."""
    policy = activity.info().retry_policy
    return policy is not None and policy.maximum_attempts == 1


def _now() -> datetime:
    """The time of the case: in the embedded city days may be skipped. A local try knows the clock's alone."""
    info = activity.info()
    return datetime.now(UTC) if info.is_local else info.started_time


def _failure(
    detail: str, kind: str, delay: timedelta | None = None, spread: timedelta = timedelta()
) -> ApplicationError:
    later = None if delay is None else delay + random.random() * spread  # noqa: S311 - not a secret
    return ApplicationError(detail, type=kind, category=ApplicationErrorCategory.BENIGN, next_retry_delay=later)
