"""Submit what a case begins in one breath by one activity; each item has its own key, its own answer, its own failure.

One activity with its workflow task is most of what a submission costs (docs/benchmarks.md). Its price is that the
answers come together: a department whose last submission took long is therefore not asked in company (ADR 0030).
"""

import asyncio
import logging
from collections.abc import Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import names
from activities.asking import DepartmentActivities
from activities.models import SubmitRequest
from activities.together import SubmitTogetherReply, SubmitTogetherRequest, TogetherReply, Unanswered
from observability import metrics

_LOG = logging.getLogger("onething.departments")
_OF_DEPARTMENTS = {names.NO_ANSWER: Unanswered.NO_ANSWER, names.BUSY_HERE: Unanswered.BUSY_HERE}


class TogetherActivities:
    """Reaches several departments side by side."""

    def __init__(
        self, departments: DepartmentActivities, is_slow: Callable[[str], bool], patience_seconds: float = 2.5
    ) -> None:
        """``patience_seconds`` must end before the first try does (`workflows/calling.py`), or all answers are lost."""
        self._departments = departments
        self._is_slow = is_slow
        self._patience_seconds = patience_seconds

    @activity.defn(name=names.SUBMIT_TOGETHER)
    async def submit_together(self, request: SubmitTogetherRequest) -> SubmitTogetherReply:
        """Submit each item under its idempotency key. Whoever has not answered in time has given no clear answer."""
        calls = [asyncio.create_task(self._submit(submission)) for submission in request.each]
        try:
            await asyncio.wait(calls, timeout=self._patience_seconds)
        finally:
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        return SubmitTogetherReply(replies=tuple(map(_became, request.submissions, calls)))

    async def _submit(self, request: SubmitRequest) -> TogetherReply:
        if self._is_slow(request.department):
            return TogetherReply(unanswered=Unanswered.NOT_IN_COMPANY)
        try:
            return TogetherReply(reply=(await self._departments.submit(request)).reply)
        except ApplicationError as error:
            if (unanswered := _OF_DEPARTMENTS.get(error.type or "")) is not None:
                return TogetherReply(unanswered=unanswered)
            return self._failed(request, error, error.type or type(error).__name__)
        except Exception as error:
            return self._failed(request, error, type(error).__name__)

    def _failed(self, request: SubmitRequest, error: Exception, kind: str) -> TogetherReply:
        """A step of ours must not lose the other departments' answers; Temporal hears of it by this one's."""
        metrics.STEPS_FAILED.labels(names.SUBMIT_TOGETHER, kind).inc()
        _LOG.warning("submitting %s of %s failed here: %s", request.item, request.case_no, kind, exc_info=error)
        return TogetherReply(unanswered=Unanswered.FAILED_HERE)


def _became(request: SubmitRequest, call: "asyncio.Task[TogetherReply]") -> TogetherReply:
    if not call.cancelled():
        return call.result()
    metrics.SUBMISSIONS.labels(request.department, "unknown").inc()
    return TogetherReply(unanswered=Unanswered.NO_ANSWER)
