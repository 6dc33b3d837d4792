"""Events leave a workflow in batches, by one activity at a time, until the record holds every one of them.

While an answer is expected that will make more events, a batch waits for it a moment: fewer appends (ADR 0010). When
nothing is expected, as when a department decides, it leaves at once.

Where an item is submitted, an activity is begun anyway: what waits travels along with it and costs no append of its own
(ADR 0017). Until that activity has said that they are on record, such events go along with every further batch: who
appends knows those that are there already.

While the store is away the case goes on and the batch waits; the workflow does not end before its record is complete.
An ordinary activity on purpose: its input is in Temporal's history before it runs. A local one runs ahead of history; a
worker killed behind it would decide the same workflow task anew, at another time of the clock, and contradict for ever
what the record already holds.
"""

import asyncio
from collections.abc import Callable, Iterator
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


class Carriage:
    """What an activity takes along to the record, and what became of it."""

    def __init__(
        self, batch: AppendRequest | None, came_back: Callable[[AppendRequest, AppendReply | None], None]
    ) -> None:
        self.batch = batch
        self._came_back = came_back
        self._under_way = batch

    def arrived(self, recorded: AppendReply | None) -> None:
        """The activity has ended; None when it is not known whether the batch is on record."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            self._came_back(under_way, recorded)


class CaseRecord:
    """The part of a case's history that is on its way to the store."""

    def __init__(self, case_no: str, *, travels: bool = False) -> None:
        self._case_no = case_no
        self._travels = travels
        self._recorded = 0
        self._head = _GENESIS
        self._unconfirmed: list[EventToRecord] = []
        """The events after those that are known to be on record."""
        self._under_way = 0
        """How many of them, from the first on, somebody is about to append."""
        self._busy = False
        self._expected = 0

    def add(self, event: Event) -> None:
        """Put ``event`` behind those that wait."""
        self._unconfirmed.append(EventToRecord(type=event.type, at=event.at, data=event_to_json(event)))

    @property
    def complete(self) -> bool:
        """Whether every event added so far is in the store."""
        return not self._unconfirmed and not self._busy

    @property
    def _waiting(self) -> bool:
        return len(self._unconfirmed) > self._under_way

    @contextmanager
    def answer_expected(self) -> Iterator[None]:
        """While it lasts an answer is on its way that will make more events, most likely within milliseconds."""
        self._expected += 1
        try:
            yield
        finally:
            self._expected -= 1

    @contextmanager
    def carriage(self) -> Iterator[Carriage]:
        """For an ordinary activity that is begun now: what waits goes along with it."""
        batch = self._batch() if self._travels and self._waiting else None
        carriage = Carriage(batch, self._came_back)
        try:
            yield carriage
        finally:
            carriage.arrived(None)

    def _came_back(self, batch: AppendRequest, recorded: AppendReply | None) -> None:
        if recorded is not None:
            self._confirm(batch, recorded)
        elif batch.expected_version + len(batch.events) > self._recorded:
            self._under_way = 0  # not known: they wait again

    async def keep(self) -> None:
        """Append what waits, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(lambda: self._waiting)
            for _ in range(_LOOP_TURNS_BEFORE_A_BATCH):
                await asyncio.sleep(0)
            await self._gather()
            if self._waiting:
                await self._append()

    async def _gather(self) -> None:
        if self._expected:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: not (self._expected and self._waiting), timeout=_LONGEST_WAIT)

    async def _append(self) -> None:
        self._busy = True
        batch = self._batch()
        reply: AppendReply = await workflow.execute_activity(
            names.APPEND_EVENTS,
            batch,
            activity_id=f"after-version:{self._recorded}",
            result_type=AppendReply,
            start_to_close_timeout=timedelta(seconds=5),
            retry_policy=_RETRY_FOR_EVER,
        )
        self._confirm(batch, reply)
        self._busy = False

    def _batch(self) -> AppendRequest:
        """Everything that is not known to be on record."""
        self._under_way = len(self._unconfirmed)
        return AppendRequest(
            case_no=self._case_no,
            expected_version=self._recorded,
            head=self._head,
            events=tuple(self._unconfirmed),
        )

    def _confirm(self, batch: AppendRequest, reply: AppendReply) -> None:
        version = batch.expected_version + len(batch.events)
        if version <= self._recorded:
            return  # another batch with the same events was quicker
        more = version - self._recorded
        del self._unconfirmed[:more]
        self._under_way = max(0, self._under_way - more)
        self._recorded, self._head = version, reply.head
