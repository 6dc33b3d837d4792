"""Counts steps that failed for a reason of our own: Temporal tries them again, and nobody else would hear of it."""

from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, is_cancelled_exception
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities import names
from observability import metrics

_OF_DEPARTMENTS = frozenset({names.NO_ANSWER, names.BUSY_HERE})


class OwnFailures(Interceptor):
    """For every worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Temporal's hook."""
        return _Counted(next)


class _Counted(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except Exception as error:
            kind = error.type if isinstance(error, ApplicationError) else type(error).__name__
            if kind not in _OF_DEPARTMENTS and not is_cancelled_exception(error):
                metrics.STEPS_FAILED.labels(activity.info().activity_type, kind).inc()
            raise
