"""Events leave a workflow in batches, by one activity at a time, until the record holds every one of them.

While an answer is expected that will make more events, a batch waits for it: fewer appends (ADR 0010). When nothing is
expected, as when a department decides, it leaves at once; and so it does with whatever happens after a moment.

While the store is away the case goes on and the batch waits; the workflow does not end before its record is complete.
An ordinary activity on purpose: its input is in Temporal's history before it runs. A local one runs ahead of history; a
worker killed behind it would decide the same workflow task anew, at another time of the clock, and contradict for ever
what the record already holds.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities import names
from activities.models import AppendReply, AppendRequest, EventToRecord
from one_things.events import Event, event_to_json

_GENESIS = ""
_LOOP_TURNS_BEFORE_A_BATCH = 3
"""What happens in the same workflow task shall leave in the same batch: one append per task, not one per event."""
_MOMENT = timedelta(seconds=1)
"""How long events wait for those that expected answers will make before the next event takes them along.

The first try of a call ends within seconds, so they leave by then without a timer.
"""
_BY_TIMER = timedelta(milliseconds=100)
"""How long they wait at most in cases that have a timer for it."""
_RETRY_FOR_EVER = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=10)
)


class _Expectation:
    """That an answer comes soon; who waits in turn for it gives that up."""

    holds = True


_EXPECTED: ContextVar[_Expectation | None] = ContextVar("the answer that this step expects", default=None)


def answer_takes_its_turn() -> None:
    """The step that runs will not have its answer soon: nothing waits for it any more."""
    if (expectation := _EXPECTED.get()) is not None:
        expectation.holds = False


class CaseRecord:
    """The part of a case's history that is on its way to the store."""

    def __init__(self, case_no: str, *, untimed: bool) -> None:
        self._case_no = case_no
        self._untimed = untimed
        self._waiting: list[EventToRecord] = []
        self._recorded = 0
        self._head = _GENESIS
        self._busy = False
        self._expectations: set[_Expectation] = set()
        self._leaves_at: datetime | None = None
        self._overdue = False

    def add(self, event: Event) -> None:
        """Put ``event`` behind those that wait, and take them along if they have waited for a moment."""
        self._overdue = self._leaves_at is not None and workflow.now() >= self._leaves_at
        self._waiting.append(EventToRecord(type=event.type, at=event.at, data=event_to_json(event)))

    @property
    def complete(self) -> bool:
        """Whether every event added so far is in the store."""
        return not self._waiting and not self._busy

    @contextmanager
    def answer_expected(self) -> Iterator[None]:
        """While it lasts an answer is on its way that will make more events, most likely within milliseconds."""
        self._expectations.add(expectation := _Expectation())
        token = _EXPECTED.set(expectation)
        try:
            yield
        finally:
            _EXPECTED.reset(token)
            self._expectations.discard(expectation)

    async def keep(self) -> None:
        """Append what waits, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting))
            self._busy = True
            for _ in range(_LOOP_TURNS_BEFORE_A_BATCH):
                await asyncio.sleep(0)
            await self._gather()
            batch, self._waiting = tuple(self._waiting), []
            reply: AppendReply = await workflow.execute_activity(
                names.APPEND_EVENTS,
                AppendRequest(case_no=self._case_no, expected_version=self._recorded, head=self._head, events=batch),
                activity_id=f"after-version:{self._recorded}",
                result_type=AppendReply,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=_RETRY_FOR_EVER,
            )
            self._recorded += len(batch)
            self._head = reply.head
            self._busy = False

    async def _gather(self) -> None:
        if self._untimed:
            # Only what Temporal's history holds may end the wait. To look at the clock here would not do: a message
            # that is refused wakes the workflow, too, and is not there when it is replayed.
            self._leaves_at = workflow.now() + _MOMENT
            await workflow.wait_condition(lambda: not self._is_expected or self._overdue)
            self._leaves_at, self._overdue = None, False
        elif self._expectations:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: not self._expectations, timeout=_BY_TIMER)

    @property
    def _is_expected(self) -> bool:
        return any(expectation.holds for expectation in self._expectations)
