"""The two ways in which a case calls an activity that asks somebody outside: once and quickly, then patiently.

A try that never left our own house, because our connections to the department were taken, because it bears no more
calls, is in maintenance, or because something of ours failed, says nothing of the department: it waits its turn, and
only what the department itself then does not answer is no answer.

The first try runs on the cases' own task queue, where it costs the least. Whatever waits does so on the department's
(ADR 0015): what it bears holds there over all workers, and a department that hangs holds up nobody else's.

See ADR 0002 for why what has an effect is an ordinary activity, and a look-up, which has none, is tried locally first.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.haste import Haste
from activities.models import DepartmentRequest
from activities.names import BUSY_HERE, NO_ANSWER, department_queue
from one_things.model import Record

Answer = TypeVar("Answer")

FIRST_TRY = timedelta(seconds=3)
_ONE_CALL = timedelta(seconds=15)
"""Of something that asks no department; and how long a worker that makes a patient call may be silent about it."""
_LONGEST_CALL = timedelta(minutes=6)
"""A patient call may ask and then send, and a department be given two minutes for each answer."""
_LONGEST_KEY = 64
"""Bytes of a key of fairness, at most."""
ONCE = RetryPolicy(maximum_attempts=1)
_PATIENTLY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=1.6, maximum_interval=timedelta(minutes=5)
)
_IN_TURN = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=1.6,
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=[NO_ANSWER],
)
_WAITS_ITS_TURN = "a call that never left waits its turn"
"""Cases that met this before it was so have said that the department does not answer; they replay as they went."""
_FAILURES_OF_OURS = "a failure of our own says nothing of the department"
"""The same, of a first try that something of ours made fail."""


class NoAnswer(Exception):
    """The department gave no clear answer to the first try: ask, then try patiently."""


class _NotCalled(NoAnswer):
    """The department was not called: our connections to it were taken, it bears no more, or is in maintenance."""


class _FailedHere(NoAnswer):
    """A step of ours failed, before or after the call: whether the department was called is not known."""


# The ids say what an activity is about. Temporal compares them when it replays a history: numbers, its own choice,
# would not show that a change lets two items start in another order and gives each the other's answer.


async def once(activity: str, about: str, request: DepartmentRequest, answer: type[Answer]) -> Answer:
    """One try of an activity that has an effect. Raises NoAnswer."""
    return await now_or_in_turn(first_try(activity, about, request, answer), activity, about, request, answer)


async def first_try(activity: str, about: str, request: DepartmentRequest, answer: type[Answer]) -> Answer:
    """The quick try itself, on the cases' own queue. Raises FailureError."""
    reply: Answer = await workflow.execute_activity(
        activity,
        request,
        activity_id=about,
        result_type=answer,
        start_to_close_timeout=FIRST_TRY,
        retry_policy=ONCE,
    )
    return reply


async def look_up_once(activity: str, about: str, request: DepartmentRequest, answer: type[Answer]) -> Answer:
    """One try of a look-up, which has no effect: local, so that it costs the server nothing. Raises NoAnswer."""
    call = workflow.execute_local_activity(
        activity,
        request,
        activity_id=about,
        result_type=answer,
        start_to_close_timeout=FIRST_TRY,
        retry_policy=ONCE,
    )
    return await now_or_in_turn(call, activity, about, request, answer)


async def patiently(activity: str, about: str, request: DepartmentRequest, answer: type[Answer]) -> Answer:
    """Tries for as long as it takes, when the department's schedule says."""
    return await _on_its_queue(activity, f"{about}:until-answered", request, answer, _PATIENTLY)


async def until_done(activity: str, about: str, request: Record, answer: type[Answer]) -> Answer:
    """Tries for as long as it takes what asks no department."""
    reply: Answer = await workflow.execute_activity(
        activity,
        request,
        activity_id=f"{about}:until-answered",
        result_type=answer,
        start_to_close_timeout=_ONE_CALL,
        retry_policy=_PATIENTLY,
    )
    return reply


async def patiently_for(
    days: timedelta, activity: str, about: str, request: DepartmentRequest, answer: type[Answer]
) -> Answer:
    """Tries for so many days. Raises FailureError when there was no answer in all of them."""
    return await _on_its_queue(activity, f"{about}:for-days", request, answer, _PATIENTLY, days)


async def now_or_in_turn(
    tried: Awaitable[Answer],
    activity: str,
    about: str,
    request: DepartmentRequest,
    answer: type[Answer],
) -> Answer:
    """What the first try brings; or, when the department was not called, what comes of its turn. Raises NoAnswer."""
    try:
        return await _or_no_answer(tried)
    except _NotCalled:
        if not workflow.patched(_WAITS_ITS_TURN):
            raise NoAnswer from None
    except _FailedHere:
        if not workflow.patched(_FAILURES_OF_OURS):
            raise NoAnswer from None
        request = _asked_for_first(request)
    return await _in_turn(activity, about, request, answer)


async def _in_turn(activity: str, about: str, request: DepartmentRequest, answer: type[Answer]) -> Answer:
    """Tries until the department can be called, however long that takes. Raises NoAnswer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError  # given up in the very task in which it failed: it must not call any more
    return await _or_no_answer(_on_its_queue(activity, f"{about}:in-turn", request, answer, _IN_TURN))


async def _on_its_queue(
    activity: str,
    activity_id: str,
    request: DepartmentRequest,
    answer: type[Answer],
    schedule: RetryPolicy,
    in_all: timedelta | None = None,
) -> Answer:
    info = workflow.info()
    reply: Answer = await workflow.execute_activity(
        activity,
        request,
        activity_id=activity_id,
        task_queue=department_queue(info.task_queue, request.asked),
        result_type=answer,
        start_to_close_timeout=_LONGEST_CALL,
        heartbeat_timeout=_ONE_CALL,
        schedule_to_close_timeout=in_all,
        retry_policy=schedule,
        priority=fair_among(info.workflow_type, request.haste),
    )
    return reply


def fair_among(bundle: str, haste: Haste = Haste.USUAL) -> Priority:
    """Among equals in haste one-things take turns wherever work of several waits: a busy one starves no others."""
    return Priority(priority_key=haste, fairness_key=bundle.encode()[:_LONGEST_KEY].decode(errors="ignore"))


def _asked_for_first(request: DepartmentRequest) -> DepartmentRequest:
    if "arrival_unknown" not in type(request).model_fields:
        return request
    return request.model_copy(update={"arrival_unknown": True})


async def _or_no_answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except FailureError as error:  # a local activity that failed comes without its wrapping ActivityError
        if is_cancelled_exception(error):
            raise
        cause = error.cause if isinstance(error, ActivityError) else error
        if isinstance(cause, ApplicationError) and cause.type != NO_ANSWER:
            raise (_NotCalled if cause.type == BUSY_HERE else _FailedHere) from None
        raise NoAnswer from None
