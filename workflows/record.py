"""Events leave a workflow in batches, by one activity at a time, until the record holds every one of them.

While an answer is expected that will make more events, a batch waits for it a moment: fewer appends (ADR 0010). When
nothing is expected, as when a department decides, it leaves at once. That is so while workers keep up. Where a worker
keeps its cases waiting, they let events gather for a multiple of that time (ADR 0032); the last ones leave at once.

While the store is away the case goes on and the batch waits; the workflow does not end before its record is complete.
An ordinary activity on purpose: its input is in Temporal's history before it runs. A local one runs ahead of history; a
worker killed behind it would decide the same workflow task anew, at another time of the clock, and contradict for ever
what the record already holds.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

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
# The five that follow decide which commands a case makes: who changes one needs a new flag in the plan.
_KEEPS_UP = timedelta(milliseconds=100)
"""A worker whose cases wait no longer keeps up; on a quiet machine it is a fifth of that."""
_TIMES_AS_LONG = 8
"""What gathers under load: so many times as long as cases are kept waiting. See docs/benchmarks.md for others."""
_LONGEST_UNDER_LOAD = timedelta(seconds=3)
_LOAD_LASTS = timedelta(seconds=10)
"""What was heard with an append that left longer ago says nothing of now."""
_NOT_LOAD = timedelta(minutes=1)
"""Longer than this nobody waits for being busy: something was away, or time was skipped."""
_RETRY_FOR_EVER = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=10)
)


class CaseRecord:
    """The part of a case's history that is on its way to the store."""

    def __init__(self, case_no: str, *, gathers_under_load: bool = True, load_passes: bool = True) -> None:
        self._case_no = case_no
        self._gathers_under_load = gathers_under_load
        self._load_passes = load_passes
        self._waiting: list[EventToRecord] = []
        self._recorded = 0
        self._head = _GENESIS
        self._busy = False
        self._expected = 0
        self._ends = False
        self._answers = 0
        self._kept_waiting = workflow.now() - workflow.info().workflow_start_time
        self._gathers_for = timedelta(0)
        self._left_at = workflow.now()

    def add(self, event: Event) -> None:
        """Put ``event`` behind those that wait."""
        self._waiting.append(EventToRecord(type=event.type, at=event.at, data=event_to_json(event)))

    @property
    def complete(self) -> bool:
        """Whether every event added so far is in the store."""
        return not self._waiting and not self._busy

    def answered(self) -> None:
        """What was added last came of an activity's answer."""
        self._answers += 1

    def end(self) -> None:
        """Nothing follows what was added by now: it need not wait for company."""
        self._ends = self._gathers_under_load

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
            kept_waiting: timedelta | None = self._kept_waiting
            if self._left_long_ago():
                kept_waiting = None
                if self._load_passes:
                    self._gathers_for = timedelta(0)
            await self._gather()
            batch, self._waiting = tuple(self._waiting), []
            self._left_at = workflow.now()
            reply: AppendReply = await workflow.execute_activity(
                names.APPEND_EVENTS,
                AppendRequest(
                    case_no=self._case_no,
                    expected_version=self._recorded,
                    head=self._head,
                    events=batch,
                    kept_waiting=kept_waiting,
                ),
                activity_id=f"after-version:{self._recorded}",
                result_type=AppendReply,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=_RETRY_FOR_EVER,
            )
            self._recorded += len(batch)
            self._head = reply.head
            self._busy = False
            self._kept_waiting = workflow.now() - self._left_at
            self._gathers_for = self._under_load(reply.kept_waiting)

    def _left_long_ago(self) -> bool:
        """Both moments are of workflow tasks that hold a command, a timer or the append: such a task is in the history
        and keeps its time in each replay, as the one that hears of the append's end may not (ADR 0032)."""
        return workflow.now() - self._left_at > _LOAD_LASTS

    def _under_load(self, kept_waiting: timedelta) -> timedelta:
        """How long the next batch gathers for that reason. By the activity's answer, which is in the history, and not
        by the case's own clock: in a replay a workflow task that lasted beyond a heartbeat has another time."""
        if not self._gathers_under_load or not _KEEPS_UP < kept_waiting < _NOT_LOAD:
            return timedelta(0)
        return min(_TIMES_AS_LONG * kept_waiting, _LONGEST_UNDER_LOAD)

    async def _gather(self) -> None:
        # Conditions look at nothing but what the history holds: refused updates evaluate them, too, and are in none.
        if self._ends:
            return
        if self._gathers_for:
            await self._gather_under_load()
        elif self._expected:
            await self._up_to(_LONGEST_WAIT, lambda: self._ends or not self._expected)

    async def _gather_under_load(self) -> None:
        """With another timer behind each answer, so that the task which hears it holds a command.

        A replay may give what happened in a task without any the time of a later one (ADR 0032).
        """
        until = workflow.now() + self._gathers_for
        while not self._ends and (left := until - workflow.now()) > timedelta(0):
            if not await self._up_to(left, partial(self._ends_or_heard_since, self._answers)):
                return

    def _ends_or_heard_since(self, answers: int) -> bool:
        return self._ends or self._answers > answers

    async def _up_to(self, longest: timedelta, enough: Callable[[], bool]) -> bool:
        """Whether it was enough before that time was over."""
        with suppress(TimeoutError):
            await workflow.wait_condition(enough, timeout=longest)
            return True
        return False
