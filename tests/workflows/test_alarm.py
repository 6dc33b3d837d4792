"""One timer for all deadlines of a case."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.embedded.places import scratch_data_dir
from runtime.embedded.temporal_server import EmbeddedTemporal
from workflows.alarm import Alarm

_PATIENCE = 60  # seconds
_OFTEN = 12
"""Enough that of alarms reckoned anew, of which each second one was taken for another moment, one is seen."""


@workflow.defn
class Clockwork:
    """Sets its alarm whenever it is told, and ends when that has rung."""

    @workflow.init
    def __init__(self, at: datetime | None) -> None:
        self._rung: list[datetime] = []
        self._alarm = Alarm(self._ring, stays_set=True)

    @workflow.run
    async def run(self, at: datetime | None) -> list[datetime]:
        """When it rang."""
        if at is not None:
            self._alarm.set(at)
        await workflow.wait_condition(lambda: bool(self._rung))
        return self._rung

    def _ring(self) -> None:
        self._alarm.rang()
        self._rung.append(workflow.now())

    @workflow.signal
    def set(self, at: datetime) -> None:
        """Set it."""
        self._alarm.set(at)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    with scratch_data_dir("onething-test") as folder:
        async with EmbeddedTemporal(folder / "temporal") as server:
            connected = await Client.connect(
                server.address, namespace=server.namespace, data_converter=pydantic_data_converter
            )
            async with Worker(
                connected, task_queue="clocks", workflows=[Clockwork], workflow_runner=UnsandboxedWorkflowRunner()
            ):
                yield connected


async def _begun(client: Client, at: datetime | None) -> WorkflowHandle[Clockwork, list[datetime]]:
    return await client.start_workflow(Clockwork.run, at, id="a-clock", task_queue="clocks")


async def _timers(handle: WorkflowHandle[Clockwork, list[datetime]]) -> int:
    history = await handle.fetch_history()
    return sum(event.HasField("timer_started_event_attributes") for event in history.events)


async def test_it_is_set_once_for_one_moment_however_often_that_is_reckoned(client: Client) -> None:
    at = datetime.now().astimezone() + timedelta(hours=1)
    handle = await _begun(client, at)
    for _ in range(_OFTEN):
        await handle.signal(Clockwork.set, at)
        await asyncio.sleep(0.02)  # each in a workflow task of its own
    soon = datetime.now().astimezone() + timedelta(milliseconds=50)
    await handle.signal(Clockwork.set, soon)
    (rang,) = await asyncio.wait_for(handle.result(), _PATIENCE)
    assert rang >= soon - timedelta(milliseconds=1)
    assert await _timers(handle) == 2


async def test_what_is_past_rings_at_once_and_what_comes_later_takes_nothing_back(client: Client) -> None:
    handle = await _begun(client, datetime.now().astimezone() + timedelta(milliseconds=50))
    await handle.signal(Clockwork.set, datetime.now().astimezone() + timedelta(hours=1))
    assert len(await asyncio.wait_for(handle.result(), _PATIENCE)) == 1
    assert await _timers(handle) == 1
