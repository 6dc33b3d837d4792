"""Events leave a workflow in batches, by one activity at a time, until the record holds every one of them.

While an answer is expected that will make more events, a batch waits for it a moment: fewer appends (ADR 0010). When
nothing is expected, as when a department decides, it leaves at once.

While the store is away the case goes on and the batch waits; the workflow does not end before its record is complete.
An ordinary activity on purpose: its input is in Temporal's history before it runs. A local one runs ahead of history; a
worker killed behind it would decide the same workflow task anew, at another time of the clock, and contradict for ever
what the record already holds.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities import names
from activities.models import AppendReply, AppendRequest, EventToRecord
from one_things.events import Event, event_to_json

_GENESIS = ""
_LOOP_TURNS_BEFORE_A_BATCH = 3
"""What happens in the same workflow task shall leave in the same batch: one append per task, not one per event."""
_LONGEST_WAIT = timedelta(milliseconds=100)
"""How long events wait at most for those that an expected answer will make: a department that hangs hides nothing."""
_RETRY_FOR_EVER = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=10)
)


class CaseRecord:
    """The part of a case's history that is on its way to the store."""

    def __init__(self, case_no: str) -> None:
        self._case_no = case_no
        self._waiting: list[EventToRecord] = []
        self._recorded = 0
        self._head = _GENESIS
        self._busy = False
        self._expected = 0

    def add(self, event: Event) -> None:
        """Put ``event`` behind those that wait."""
        self._waiting.append(EventToRecord(type=event.type, at=event.at, data=event_to_json(event)))

    @property
    def complete(self) -> bool:
        """Whether every event added so far is in the store."""
        return not self._waiting and not self._busy

    @contextmanager
    def answer_expected(self) -> Iterator[None]:
        """While it lasts an answer is on its way that will make more events, most likely within milliseconds."""
        self._expected += 1
        try:
            yield
        finally:
            self._expected -= 1

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
        if self._expected:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: not self._expected, timeout=_LONGEST_WAIT)
