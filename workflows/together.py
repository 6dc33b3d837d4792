"""Submissions that a case begins in one breath leave by one activity; each hears only of its own (ADR 0030)."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, NamedTuple

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities import names
from activities.models import SubmitReply, SubmitRequest
from activities.together import SubmitTogetherReply, SubmitTogetherRequest, TogetherReply, Unanswered
from workflows.calling import FIRST_TRY, ONCE, first_try, now_or_in_turn

_LOOP_TURNS = 3
"""What begins in the same workflow task shall leave together."""
_MOST = 10
"""Items of one activity: its id names them all, and Temporal limits its length."""


class _Begun(NamedTuple):
    about: str
    request: SubmitRequest
    answer: "asyncio.Future[TogetherReply]"


class SubmissionsTogether:
    """The submissions of one case."""

    def __init__(self) -> None:
        self._begun: list[_Begun] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def submit(self, about: str, request: SubmitRequest) -> SubmitReply:
        """One try, in company of whatever begins with it. Raises NoAnswer."""
        return await now_or_in_turn(self._in_company(about, request), names.SUBMIT_ITEM, about, request, SubmitReply)

    async def _in_company(self, about: str, request: SubmitRequest) -> SubmitReply:
        begun = _Begun(about, request, asyncio.get_running_loop().create_future())
        self._begun.append(begun)
        if len(self._begun) == 1:
            self._in_background(self._leave())
        answer = await begun.answer
        if answer.unanswered is Unanswered.NOT_IN_COMPANY:
            return await first_try(names.SUBMIT_ITEM, about, request, SubmitReply)
        if answer.reply is None:
            raise ApplicationError("no answer came with those of the others", type=str(answer.unanswered))
        return SubmitReply(reply=answer.reply)

    async def _leave(self) -> None:
        for _ in range(_LOOP_TURNS):
            await asyncio.sleep(0)
        begun = [one for one in self._begun if not one.answer.done()]  # what is given up by now never leaves
        self._begun = []
        for start in range(0, len(begun), _MOST):
            self._in_background(self._send(begun[start : start + _MOST]))

    async def _send(self, begun: Sequence[_Begun]) -> None:
        try:
            replies = await _replies(begun)
        except Exception as error:
            # Each reads in it what it means for itself: whether its department was called is not known.
            for one in begun:
                if not one.answer.done():
                    one.answer.set_exception(error)
            return
        for one, reply in zip(begun, replies, strict=True):
            if not one.answer.done():  # decided meanwhile: nobody waits for it any more
                one.answer.set_result(reply)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        self._under_way.add(task := asyncio.create_task(work))
        task.add_done_callback(self._under_way.discard)


async def _replies(begun: Sequence[_Begun]) -> Sequence[TogetherReply]:
    if len(begun) == 1:
        alone = await first_try(names.SUBMIT_ITEM, begun[0].about, begun[0].request, SubmitReply)
        return (TogetherReply(reply=alone.reply),)
    together: SubmitTogetherReply = await workflow.execute_activity(
        names.SUBMIT_TOGETHER,
        SubmitTogetherRequest.of([one.request for one in begun]),
        activity_id="+".join(one.about for one in begun),
        result_type=SubmitTogetherReply,
        start_to_close_timeout=FIRST_TRY,
        retry_policy=ONCE,
    )
    return together.replies
