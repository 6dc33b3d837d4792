"""When the events of a case leave for the record: at once, unless an answer is expected that will bring more.

Under load they gather: `BUSY` is what a worker answers that keeps its cases waiting.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from activities import names
from activities.models import AppendReply, AppendRequest
from one_things.events import PivotPassed, event_from_json
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.temporal_server import EmbeddedTemporal
from workflows import record

_LONGER_THAN_ANY_TEST = timedelta(hours=1)
_TASK_TIMEOUT = timedelta(seconds=1)
_PATIENCE = 60  # seconds
BUSY = timedelta(milliseconds=150)
"""How long workers keep their cases waiting that do not keep up."""


@workflow.defn
class Errand:
    """A case reduced to its record: events happen, and answers are expected, when the test says so."""

    @workflow.init
    def __init__(self, gathers_under_load: bool, load_passes: bool) -> None:
        self._record = record.CaseRecord(
            "4419-2026-000001", gathers_under_load=gathers_under_load, load_passes=load_passes
        )
        self._answered = self._ended = False
        self._happened = 0
        self._asking: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, _gathers_under_load: bool, _load_passes: bool) -> None:
        """Ends when it is told to and its record is complete."""
        keeping = asyncio.create_task(self._record.keep())
        await workflow.wait_condition(lambda: self._ended and self._record.complete)
        keeping.cancel()

    @workflow.signal
    def happen(self, item: str) -> None:
        """An event of this item."""
        self._record.add(PivotPassed(item=item, at=workflow.now()))
        self._happened += 1

    @workflow.query
    def happened(self) -> int:
        """How many events there are, once all that was said before is heard."""
        return self._happened

    @workflow.signal
    def ask(self) -> None:
        """From now on an answer is expected."""
        self._asking = asyncio.create_task(self._until_answered())

    async def _until_answered(self) -> None:
        with self._record.answer_expected():
            await workflow.wait_condition(lambda: self._answered)
        self.happen("answer")
        self._record.answered()

    @workflow.signal
    def answer(self) -> None:
        """The answer is there, and makes one more event."""
        self._answered = True

    @workflow.signal
    def end(self) -> None:
        """Nothing more will happen."""
        self._record.end()
        self._ended = True


HEARD_AT: list[datetime] = []
"""When `Interrupted` heard that its first events are on record, in each run and replay."""


@workflow.defn
class Interrupted:
    """A case that hears something to which it has nothing to say before its append has ended, and is held up then.

    So two of its workflow tasks in a row leave no command, and the second goes on in a third.
    """

    @workflow.init
    def __init__(self) -> None:
        self._record = record.CaseRecord("4419-2026-000002")
        self._record.add(PivotPassed(item="first", at=workflow.now()))
        self._noises = 0

    @workflow.run
    async def run(self) -> None:
        """Ends when what followed is on record."""
        keeping = asyncio.create_task(self._record.keep())
        await workflow.wait_condition(lambda: self._record.complete)
        HEARD_AT.append(workflow.now())
        await workflow.execute_local_activity(hang, start_to_close_timeout=timedelta(seconds=_PATIENCE))
        self._record.add(PivotPassed(item="second", at=workflow.now()))
        await workflow.wait_condition(lambda: self._record.complete)
        keeping.cancel()

    @workflow.signal
    def noise(self) -> None:
        """Changes nothing."""
        self._noises += 1

    @workflow.query
    def noises(self) -> int:
        """How many were heard."""
        return self._noises


@activity.defn
async def hang() -> None:
    """Longer than a workflow task may last: it is told to Temporal as one that goes on, and begins anew."""
    await asyncio.sleep(3 * _TASK_TIMEOUT.total_seconds())


class InterruptingAppends:
    """Before the first append has ended, the case hears a noise."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name=names.APPEND_EVENTS)
    async def append(self, request: AppendRequest) -> AppendReply:
        """Says back what the case said, which is little."""
        if request.expected_version == 0:
            handle = self._client.get_workflow_handle_for(Interrupted.run, activity.info().workflow_id or "")
            await handle.signal(Interrupted.noise)
            async with asyncio.timeout(_PATIENCE):
                while not await handle.query(Interrupted.noises):  # noqa: ASYNC110 a query has no event to wait for
                    await asyncio.sleep(0.01)
        return AppendReply(head="00", kept_waiting=request.kept_waiting or timedelta(0))


class Appends:
    """The batches that were appended: of each the items that its events are about.

    Answers that cases are kept waiting for so long; without it what the case said itself.
    """

    def __init__(self, kept_waiting: timedelta | None = None) -> None:
        self._batches: asyncio.Queue[list[str]] = asyncio.Queue()
        self._kept_waiting = kept_waiting
        self.said: list[timedelta | None] = []

    @activity.defn(name=names.APPEND_EVENTS)
    async def append(self, request: AppendRequest) -> AppendReply:
        """Note the batch."""
        events = [event_from_json(event.data) for event in request.events]
        self._batches.put_nowait([event.item for event in events if isinstance(event, PivotPassed)])
        self.said.append(request.kept_waiting)
        return AppendReply(head="00", kept_waiting=self._kept_waiting or request.kept_waiting or timedelta(0))

    async def next(self) -> list[str]:
        """The next batch."""
        async with asyncio.timeout(_PATIENCE):
            return await self._batches.get()


@asynccontextmanager
async def errand(
    client: Client,
    *,
    kept_waiting: timedelta | None = None,
    gathers_under_load: bool = True,
    load_passes: bool = True,
) -> AsyncIterator[tuple[WorkflowHandle[Errand, None], Appends]]:
    """One errand, carried out by a worker of its own to its end."""
    appends = Appends(kept_waiting)
    async with Worker(
        client,
        task_queue="errands",
        workflows=[Errand],
        activities=[appends.append],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(
            Errand.run, args=[gathers_under_load, load_passes], id="4419-2026-000001", task_queue="errands"
        )
        yield handle, appends
        await handle.signal(Errand.end)
        await asyncio.wait_for(handle.result(), _PATIENCE)


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    with scratch_data_dir("onething-test") as folder:
        async with EmbeddedTemporal(folder / "temporal") as server:
            yield await Client.connect(
                server.address, namespace=server.namespace, data_converter=pydantic_data_converter
            )


async def test_events_wait_for_an_expected_answer_and_leave_with_what_it_brings(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_LONGEST_WAIT", _LONGER_THAN_ANY_TEST)
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.ask)
        await handle.signal(Errand.happen, "first")
        await handle.signal(Errand.happen, "second")
        await handle.signal(Errand.answer)
        assert await appends.next() == ["first", "second", "answer"]


async def test_an_answer_that_does_not_come_holds_back_nothing(client: Client) -> None:
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.ask)
        await handle.signal(Errand.happen, "first")
        assert await appends.next() == ["first"]
        await handle.signal(Errand.answer)
        assert await appends.next() == ["answer"]


async def test_what_happens_when_nothing_is_expected_leaves_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_LONGEST_WAIT", _LONGER_THAN_ANY_TEST)
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.happen, "first")
        assert await appends.next() == ["first"]


@pytest.fixture
def without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What gathers under load never leaves by itself."""
    monkeypatch.setattr(record, "_TIMES_AS_LONG", 10**6)
    monkeypatch.setattr(record, "_LONGEST_UNDER_LOAD", _LONGER_THAN_ANY_TEST)
    monkeypatch.setattr(record, "_LOAD_LASTS", _LONGER_THAN_ANY_TEST)


async def each_leaves_by_itself(handle: WorkflowHandle[Errand, None], appends: Appends) -> None:
    for item in ("first", "second", "third"):
        await handle.signal(Errand.happen, item)
        assert await appends.next() == [item]


@pytest.mark.usefixtures("without_end")
async def test_a_case_of_a_busy_worker_gathers_and_its_last_events_leave_at_once(client: Client) -> None:
    async with errand(client, kept_waiting=BUSY) as (handle, appends):
        await handle.signal(Errand.happen, "first")
        assert await appends.next() == ["first"]  # nothing is known of the load yet
        await handle.signal(Errand.happen, "second")
        await handle.signal(Errand.happen, "third")
        await handle.signal(Errand.end)
        assert await appends.next() == ["second", "third"]
        assert all(one is not None for one in appends.said)


@pytest.mark.usefixtures("without_end")
async def test_the_task_that_hears_an_answer_holds_a_command_also_while_events_gather(client: Client) -> None:
    async with errand(client, kept_waiting=BUSY) as (handle, appends):
        await handle.signal(Errand.happen, "first")
        await appends.next()
        await handle.signal(Errand.happen, "second")
        assert await handle.query(Errand.happened) == 2
        await handle.signal(Errand.ask)
        await handle.signal(Errand.answer)
        assert await handle.query(Errand.happened) == 3
    assert await appends.next() == ["second", "answer"]
    history = await handle.fetch_history()
    assert sum(event.HasField("timer_started_event_attributes") for event in history.events) == 2


async def test_gathering_ends_by_itself(client: Client) -> None:
    async with errand(client, kept_waiting=BUSY) as (handle, appends):
        await each_leaves_by_itself(handle, appends)


@pytest.mark.usefixtures("without_end")
@pytest.mark.parametrize(
    ("kept_waiting", "gathers_under_load"),
    [
        pytest.param(record._KEEPS_UP, True, id="the worker keeps up"),
        pytest.param(record._NOT_LOAD, True, id="an outage or skipped time"),
        pytest.param(BUSY, False, id="a plan from before"),
    ],
)
async def test_what_does_not_gather(client: Client, kept_waiting: timedelta, gathers_under_load: bool) -> None:
    async with errand(client, kept_waiting=kept_waiting, gathers_under_load=gathers_under_load) as (handle, appends):
        await each_leaves_by_itself(handle, appends)


@pytest.mark.usefixtures("without_end")
async def test_load_of_long_ago_holds_nothing_back_and_is_not_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_LOAD_LASTS", timedelta(0))
    async with errand(client, kept_waiting=BUSY) as (handle, appends):
        await each_leaves_by_itself(handle, appends)
        assert appends.said[1:] == [None, None]


@pytest.mark.usefixtures("without_end")
async def test_with_a_plan_from_before_load_never_passes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_LOAD_LASTS", timedelta(0))
    async with errand(client, kept_waiting=BUSY, load_passes=False) as (handle, appends):
        await handle.signal(Errand.happen, "first")
        assert await appends.next() == ["first"]
        await handle.signal(Errand.happen, "second")
        await handle.signal(Errand.happen, "third")
        await handle.signal(Errand.end)
        assert await appends.next() == ["second", "third"]
        assert appends.said[1:] == [None]


async def test_a_replay_sees_another_time_and_gathers_as_the_case_did(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own clock the case was not kept waiting, and in a replay it was."""
    monkeypatch.setattr(record, "_KEEPS_UP", _TASK_TIMEOUT / 2)
    HEARD_AT.clear()
    runner = UnsandboxedWorkflowRunner()
    activities: list[Callable[..., Any]] = [InterruptingAppends(client).append, hang]
    async with Worker(
        client, task_queue="held", workflows=[Interrupted], activities=activities, workflow_runner=runner
    ):
        handle = await client.start_workflow(
            Interrupted.run, id="interrupted", task_queue="held", task_timeout=_TASK_TIMEOUT
        )
        await asyncio.wait_for(handle.result(), _PATIENCE)
    history = await handle.fetch_history()
    await Replayer(
        workflows=[Interrupted], workflow_runner=runner, data_converter=client.data_converter
    ).replay_workflow(history)
    in_the_run, in_the_replay = HEARD_AT
    assert in_the_replay - in_the_run > _TASK_TIMEOUT / 2
