"""The two ways in which a case calls an activity that asks somebody outside: once and quickly, then patiently.

See ADR 0002 for why what has an effect is an ordinary activity, and a look-up, which has none, is tried locally first.
"""

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

from one_things.model import Record

Answer = TypeVar("Answer")

FIRST_TRY = timedelta(seconds=3)
_ONE_CALL = timedelta(seconds=15)
_ONCE = RetryPolicy(maximum_attempts=1)
_PATIENTLY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=1.6, maximum_interval=timedelta(minutes=5)
)


class NoAnswer(Exception):
    """The department gave no clear answer to the first try, or our own step failed: ask, then try patiently."""


# The ids say what an activity is about. Temporal compares them when it replays a history: numbers, its own choice,
# would not show that a change lets two items start in another order and gives each the other's answer.


async def once(activity: str, about: str, request: Record, answer: type[Answer]) -> Answer:
    """One try of an activity that has an effect. Raises NoAnswer."""
    call = workflow.execute_activity(
        activity,
        request,
        activity_id=about,
        result_type=answer,
        start_to_close_timeout=FIRST_TRY,
        retry_policy=_ONCE,
    )
    reply: Answer = await _or_no_answer(call)
    return reply


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
    reply: Answer = await _or_no_answer(call)
    return reply


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


async def _or_no_answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except FailureError as error:  # a local activity that failed comes without its wrapping ActivityError
        if is_cancelled_exception(error):
            raise
        raise NoAnswer from None
