"""The two ways in which a case calls an activity that asks somebody outside: once and quickly, then patiently.

A try that never left our own house, because all our connections to the department were taken, says nothing of the
department: it waits its turn, and only what the department itself then does not answer is no answer.

See ADR 0002 for why what has an effect is an ordinary activity, and a look-up, which has none, is tried locally first.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.names import BUSY_HERE, NO_ANSWER
from one_things.model import Record

Answer = TypeVar("Answer")

FIRST_TRY = timedelta(seconds=3)
_ONE_CALL = timedelta(seconds=15)
_AT_ONCE = workflow.ActivityCancellationType.TRY_CANCEL
_TO_ITS_END = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
_ONCE = RetryPolicy(maximum_attempts=1)
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


class NoAnswer(Exception):
    """The department gave no clear answer to the first try, or our own step failed: ask, then try patiently."""


class _NotCalled(NoAnswer):
    """The department was not called: all our own connections to it were taken."""


# The ids say what an activity is about. Temporal compares them when it replays a history: numbers, its own choice,
# would not show that a change lets two items start in another order and gives each the other's answer.


async def once(activity: str, about: str, request: Record, answer: type[Answer], *, to_its_end: bool = False) -> Answer:
    """One try of an activity that has an effect. Raises NoAnswer.

    ``to_its_end``: whoever gives it up still waits until it has ended, for what else it brings.
    """
    call = workflow.execute_activity(
        activity,
        request,
        activity_id=about,
        result_type=answer,
        start_to_close_timeout=FIRST_TRY,
        retry_policy=_ONCE,
        cancellation_type=_TO_ITS_END if to_its_end else _AT_ONCE,
    )
    return await _now_or_in_turn(call, activity, about, request, answer)


async def look_up_once(activity: str, about: str, request: Record, answer: type[Answer]) -> Answer:
    """One try of a look-up, which has no effect: local, so that it costs the server nothing. Raises NoAnswer."""
    call = workflow.execute_local_activity(
        activity,
        request,
        activity_id=about,
        result_type=answer,
        start_to_close_timeout=FIRST_TRY,
        retry_policy=_ONCE,
    )
    return await _now_or_in_turn(call, activity, about, request, answer)


async def patiently(activity: str, about: str, request: Record, answer: type[Answer]) -> Answer:
    """Tries for as long as it takes."""
    reply: Answer = await workflow.execute_activity(
        activity,
        request,
        activity_id=f"{about}:until-answered",
        result_type=answer,
        start_to_close_timeout=_ONE_CALL,
        retry_policy=_PATIENTLY,
    )
    return reply


async def _now_or_in_turn(
    first_try: Awaitable[Answer], activity: str, about: str, request: Record, answer: type[Answer]
) -> Answer:
    try:
        return await _or_no_answer(first_try)
    except _NotCalled:
        return await _in_turn(activity, about, request, answer)


async def _in_turn(activity: str, about: str, request: Record, answer: type[Answer]) -> Answer:
    """Tries until one of our connections is free, however long that takes. Raises NoAnswer."""
    if not workflow.patched(_WAITS_ITS_TURN):
        raise NoAnswer
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError  # given up in the very task in which it failed: it must not call any more
    call = workflow.execute_activity(
        activity,
        request,
        activity_id=f"{about}:in-turn",
        result_type=answer,
        start_to_close_timeout=_ONE_CALL,
        retry_policy=_IN_TURN,
    )
    return await _or_no_answer(call)


async def patiently_for(days: timedelta, activity: str, about: str, request: Record, answer: type[Answer]) -> Answer:
    """Tries for so many days. Raises FailureError when there was no answer in all of them."""
    reply: Answer = await workflow.execute_activity(
        activity,
        request,
        activity_id=f"{about}:for-days",
        result_type=answer,
        start_to_close_timeout=_ONE_CALL,
        schedule_to_close_timeout=days,
        retry_policy=_PATIENTLY,
    )
    return reply


async def _or_no_answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except FailureError as error:  # a local activity that failed comes without its wrapping ActivityError
        if is_cancelled_exception(error):
            raise
        cause = error.cause if isinstance(error, ActivityError) else error
        if isinstance(cause, ApplicationError) and cause.type == BUSY_HERE:
            raise _NotCalled from None
        raise NoAnswer from None
