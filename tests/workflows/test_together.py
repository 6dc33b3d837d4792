"""What a case begins in one breath leaves by one activity, and each submission goes its own way from its answer on."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities import names
from activities.models import SubmitReply, SubmitRequest
from activities.together import SubmitTogetherReply, SubmitTogetherRequest, TogetherReply, Unanswered
from one_things.commands import Done
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.temporal_server import EmbeddedTemporal
from workflows.calling import NoAnswer
from workflows.together import SubmissionsTogether

CASE = "4419-2026-000001"
QUEUE = "together"
_PATIENCE = 60  # seconds
ANSWERED = TogetherReply(reply=Done())


def request_about(item: str) -> SubmitRequest:
    return SubmitRequest(
        case_no=CASE,
        item=item,
        attempt=1,
        department="tax",
        fields=(),
        materials=(),
        sealed_fields=(),
        committed_days=None,
        notice=None,
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )


@workflow.defn
class Handing:
    """A case reduced to its submissions: it begins those of its input in one breath, and gives one of them up."""

    @workflow.run
    async def run(self, items: list[str], given_up: str | None = None) -> dict[str, str]:
        """How each submission ended."""
        together = SubmissionsTogether()
        tasks = {item: asyncio.create_task(together.submit(item, request_about(item))) for item in items}
        if given_up is not None:
            await asyncio.sleep(0)
            tasks[given_up].cancel()
        ended = await asyncio.gather(*tasks.values(), return_exceptions=True)
        return {item: _said(end) for item, end in zip(items, ended, strict=True)}


def _said(ended: SubmitReply | BaseException) -> str:
    if isinstance(ended, SubmitReply):
        return str(ended.reply.reply)
    return "no answer" if isinstance(ended, NoAnswer) else type(ended).__name__


class Asked:
    """The activities as they were asked for; of several, each item is answered as ``answers`` says, else it is done."""

    def __init__(self, answers: Mapping[str, TogetherReply], *, fails: bool = False) -> None:
        self.together: list[list[str]] = []
        self.alone: list[tuple[str, bool]] = []
        self._answers = answers
        self._fails = fails

    @activity.defn(name=names.SUBMIT_TOGETHER)
    async def submit_together(self, request: SubmitTogetherRequest) -> SubmitTogetherReply:
        """Several."""
        items = [one.item for one in request.each]
        self.together.append(items)
        if self._fails:
            raise ApplicationError("a defect", type="defect")
        return SubmitTogetherReply(replies=tuple(self._answers.get(item, ANSWERED) for item in items))

    @activity.defn(name=names.SUBMIT_ITEM)
    async def submit_item(self, request: SubmitRequest) -> SubmitReply:
        """One, and whether it has to be asked for first."""
        self.alone.append((request.item, request.arrival_unknown))
        return SubmitReply(reply=Done())


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    with scratch_data_dir("onething-test") as folder:
        async with EmbeddedTemporal(folder / "temporal") as server:
            yield await Client.connect(
                server.address, namespace=server.namespace, data_converter=pydantic_data_converter
            )


@asynccontextmanager
async def handing(
    client: Client, asked: Asked, items: Sequence[str], given_up: str | None = None
) -> AsyncIterator[WorkflowHandle[Handing, dict[str, str]]]:
    async with (
        Worker(
            client,
            task_queue=QUEUE,
            workflows=[Handing],
            activities=[asked.submit_together, asked.submit_item],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        Worker(client, task_queue=f"{QUEUE}.department.tax", activities=[asked.submit_item]),
    ):
        yield await client.start_workflow(
            Handing.run,
            args=[list(items), given_up],
            id=f"{CASE}-{'-'.join(items)}-{id(asked)}",
            task_queue=QUEUE,
            execution_timeout=timedelta(seconds=_PATIENCE),
        )


async def ended(client: Client, asked: Asked, items: Sequence[str], given_up: str | None = None) -> dict[str, str]:
    async with handing(client, asked, items, given_up) as handle:
        return await handle.result()


async def test_what_begins_in_one_breath_leaves_together(client: Client) -> None:
    asked = Asked({})
    assert await ended(client, asked, ["a", "b", "c"]) == dict.fromkeys("abc", "done")
    assert (asked.together, asked.alone) == ([["a", "b", "c"]], [])


async def test_one_alone_is_a_submission_as_ever(client: Client) -> None:
    asked = Asked({})
    assert await ended(client, asked, ["a"]) == {"a": "done"}
    assert (asked.together, asked.alone) == ([], [("a", False)])


async def test_more_than_one_activity_names_go_by_several(client: Client) -> None:
    asked, items = Asked({}), [f"item-{number}" for number in range(23)]
    assert await ended(client, asked, items) == dict.fromkeys(items, "done")
    assert sorted(map(len, asked.together)) == [3, 10, 10]


async def test_each_goes_its_own_way_from_its_answer_on(client: Client) -> None:
    asked = Asked(
        {
            "silent": TogetherReply(unanswered=Unanswered.NO_ANSWER),
            "busy": TogetherReply(unanswered=Unanswered.BUSY_HERE),
            "failed": TogetherReply(unanswered=Unanswered.FAILED_HERE),
            "slow": TogetherReply(unanswered=Unanswered.NOT_IN_COMPANY),
        }
    )
    assert await ended(client, asked, ["well", "silent", "busy", "failed", "slow"]) == {
        "well": "done",
        "silent": "no answer",
        "busy": "done",
        "failed": "done",
        "slow": "done",
    }
    # Where it is not known whether the department was called, it is asked first.
    assert sorted(asked.alone) == [("busy", False), ("failed", True), ("slow", False)]


async def test_when_all_of_it_fails_each_is_asked_for_first(client: Client) -> None:
    asked = Asked({}, fails=True)
    assert await ended(client, asked, ["a", "b"]) == {"a": "done", "b": "done"}
    assert sorted(asked.alone) == [("a", True), ("b", True)]


async def test_what_is_given_up_takes_nobody_along(client: Client) -> None:
    asked = Asked({})
    assert await ended(client, asked, ["a", "b"], given_up="a") == {"a": "CancelledError", "b": "done"}
