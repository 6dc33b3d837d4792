"""When the events of a case leave for the record: at once, unless an answer is expected, or a submission takes them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities import names
from activities.models import AppendReply, AppendRequest, SubmitReply
from one_things import commands
from one_things.events import PivotPassed, event_from_json
from one_things.model import Record
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.temporal_server import EmbeddedTemporal
from workflows import calling, record
from workflows.calling import NoAnswer, once

CASE_NO = "4419-2026-000001"
_LONGER_THAN_ANY_TEST = timedelta(hours=1)
_PATIENCE = 60  # seconds


@workflow.defn
class Errand:
    """A case reduced to its record: events happen, and answers are expected, when the test says so."""

    @workflow.init
    def __init__(self) -> None:
        self._record = record.CaseRecord(CASE_NO, travels=True)
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
    def submit(self, item: str) -> None:
        """An item is begun: an event, and an activity that takes along what waits."""
        self.happen(item)
        self._asking = asyncio.create_task(self._submit())

    async def _submit(self) -> None:
        with self._record.answer_expected(), self._record.carriage() as carriage, suppress(NoAnswer):
            luggage = Luggage(batch=carriage.batch)
            reply = await once(names.SUBMIT_ITEM, "submission", luggage, SubmitReply, to_its_end=True)
            carriage.arrived(reply.recorded)

    @workflow.query
    def heard(self) -> bool:
        """Whether the submission has ended."""
        return self._asking is not None and self._asking.done()

    @workflow.signal
    def give_up(self) -> None:
        """The submission has become pointless."""
        assert self._asking is not None
        self._asking.cancel()

    @workflow.signal
    def end(self) -> None:
        """Nothing more will happen."""
        self._ended = True


class Luggage(Record):
    """What a submission is, for these tests."""

    batch: AppendRequest | None


class Appends:
    """The batches that were appended: of each the items that its events are about, and after which version."""

    def __init__(self) -> None:
        self._batches: asyncio.Queue[list[str]] = asyncio.Queue()
        self.submitted: asyncio.Queue[list[str]] = asyncio.Queue()
        self.answers: asyncio.Queue[AppendReply | Exception | None] = asyncio.Queue()
        self.after: list[tuple[int, str]] = []

    @activity.defn(name=names.APPEND_EVENTS)
    async def append(self, request: AppendRequest) -> AppendReply:
        """Note the batch."""
        self._batches.put_nowait(self._items(request))
        return AppendReply(head="00")

    @activity.defn(name=names.SUBMIT_ITEM)
    async def submit(self, luggage: Luggage) -> SubmitReply:
        """Note what came along, and answer when, and as, the test says."""
        self.submitted.put_nowait([] if luggage.batch is None else self._items(luggage.batch))
        answer = await self.answers.get()
        if isinstance(answer, Exception):
            raise answer
        return SubmitReply(reply=commands.Done(results=()), recorded=answer)

    def _items(self, request: AppendRequest) -> list[str]:
        self.after.append((request.expected_version, request.head))
        events = [event_from_json(event.data) for event in request.events]
        return [event.item for event in events if isinstance(event, PivotPassed)]

    async def along(self) -> list[str]:
        """What the next submission takes along."""
        async with asyncio.timeout(_PATIENCE):
            return await self.submitted.get()

    @property
    def none_left(self) -> bool:
        """Whether no batch was appended that no test asked for."""
        return self._batches.empty()

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
        activities=[appends.append, appends.submit],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(Errand.run, id=CASE_NO, task_queue="errands")
        yield handle, appends
        with suppress(RPCError):  # it has ended already
            await handle.signal(Errand.end)
        await asyncio.wait_for(handle.result(), _PATIENCE)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, a submission is under way until the test answers it."""
    monkeypatch.setattr(calling, "FIRST_TRY", _LONGER_THAN_ANY_TEST)


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


async def test_what_waits_travels_with_a_submission_and_needs_no_append(client: Client) -> None:
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.submit, "first")
        assert await appends.along() == ["first"]
        appends.answers.put_nowait(AppendReply(head="11"))
        await handle.signal(Errand.end)
        await asyncio.wait_for(handle.result(), _PATIENCE)
        assert appends.none_left


async def test_the_next_batch_follows_what_travelled(client: Client) -> None:
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.submit, "first")
        assert await appends.along() == ["first"]
        appends.answers.put_nowait(AppendReply(head="11"))
        await until_answered(handle)
        await handle.signal(Errand.happen, "second")
        assert await appends.next() == ["second"]
    assert appends.after == [(0, ""), (1, "11")]


@pytest.mark.parametrize("answer", [None, ApplicationError("the department is away", type=names.NO_ANSWER)])
async def test_what_may_not_have_arrived_is_appended(client: Client, answer: Exception | None) -> None:
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.submit, "first")
        assert await appends.along() == ["first"]
        appends.answers.put_nowait(answer)
        assert await appends.next() == ["first"]
    assert appends.after == [(0, ""), (0, "")]


async def test_a_submission_that_hangs_holds_back_nothing_that_happens_after_it(client: Client) -> None:
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.submit, "first")
        assert await appends.along() == ["first"]
        await handle.signal(Errand.happen, "second")
        assert await appends.next() == ["first", "second"]
        appends.answers.put_nowait(AppendReply(head="11"))
        await until_answered(handle)
        await handle.signal(Errand.happen, "third")
        assert await appends.next() == ["third"]
    assert appends.after == [(0, ""), (0, ""), (2, "00")], "the late word about the first says nothing new"


async def test_who_gives_a_submission_up_still_hears_that_what_travelled_is_on_record(client: Client) -> None:
    async with errand(client) as (handle, appends):
        await handle.signal(Errand.submit, "first")
        assert await appends.along() == ["first"]
        await handle.signal(Errand.give_up)
        appends.answers.put_nowait(AppendReply(head="11"))
        await handle.signal(Errand.end)
        await asyncio.wait_for(handle.result(), _PATIENCE)
        assert appends.none_left


async def until_answered(handle: WorkflowHandle[Errand, None]) -> None:
    """Until the workflow has heard that its submission has ended."""
    async with asyncio.timeout(_PATIENCE):
        while not await handle.query(Errand.heard):  # noqa: ASYNC110 - a query is all there is
            await asyncio.sleep(0.01)
