"""When the events of a case leave for the record: at once, unless an answer is expected that will bring more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities import names
from activities.models import AppendReply, AppendRequest
from one_things.events import PivotPassed, event_from_json
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.temporal_server import EmbeddedTemporal
from workflows import record

_LONGER_THAN_ANY_TEST = timedelta(hours=1)
_PATIENCE = 60  # seconds


@workflow.defn
class Errand:
    """A case reduced to its record: events happen, and answers are expected, when the test says so."""

    @workflow.init
    def __init__(self) -> None:
        self._record = record.CaseRecord("4419-2026-000001")
        self._answered = self._ended = False
        self._asking: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self) -> None:
        """Ends when it is told to and its record is complete."""
        keeping = asyncio.create_task(self._record.keep())
        await workflow.wait_condition(lambda: self._ended and self._record.complete)
        keeping.cancel()

    @workflow.signal
    def happen(self, item: str) -> None:
        """An event of this item."""
        self._record.add(PivotPassed(item=item, at=workflow.now()))

    @workflow.signal
    def ask(self) -> None:
        """From now on an answer is expected."""
        self._asking = asyncio.create_task(self._until_answered())

    async def _until_answered(self) -> None:
        with self._record.answer_expected():
            await workflow.wait_condition(lambda: self._answered)
        self.happen("answer")

    @workflow.signal
    def answer(self) -> None:
        """The answer is there, and makes one more event."""
        self._answered = True

    @workflow.signal
    def end(self) -> None:
        """Nothing more will happen."""
        self._ended = True


class Appends:
    """The batches that were appended: of each the items that its events are about."""

    def __init__(self) -> None:
        self._batches: asyncio.Queue[list[str]] = asyncio.Queue()

    @activity.defn(name=names.APPEND_EVENTS)
    async def append(self, request: AppendRequest) -> AppendReply:
        """Note the batch."""
        events = [event_from_json(event.data) for event in request.events]
        self._batches.put_nowait([event.item for event in events if isinstance(event, PivotPassed)])
        return AppendReply(head="00")

    async def next(self) -> list[str]:
        """The next batch."""
        async with asyncio.timeout(_PATIENCE):
            return await self._batches.get()


@asynccontextmanager
async def errand(client: Client) -> AsyncIterator[tuple[WorkflowHandle[Errand, None], Appends]]:
    """One errand, carried out by a worker of its own to its end."""
    appends = Appends()
    async with Worker(
        client,
        task_queue="errands",
        workflows=[Errand],
        activities=[appends.append],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(Errand.run, id="4419-2026-000001", task_queue="errands")
        yield handle, appends
        await handle.signal(Errand.end)
        await asyncio.wait_for(handle.result(), _PATIENCE)


@pytest.fixture
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
