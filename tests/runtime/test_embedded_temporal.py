"""The embedded Temporal server: durable over a crash, the same port after a restart, time skipping at hand."""

import os
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.embedded.faults import DirectoryTaken
from runtime.embedded.ports import is_free
from runtime.embedded.temporal_server import EmbeddedTemporal


@workflow.defn
class PublicNotice:
    """Waits as long as a public notice lasts."""

    @workflow.run
    async def run(self, days: int) -> str:
        await workflow.sleep(timedelta(days=days))
        return "over"


async def test_a_workflow_survives_a_crash_and_its_days_are_skipped(data_dir: Path) -> None:
    temporal = EmbeddedTemporal(data_dir / "temporal")
    await temporal.start()
    try:
        address, first = temporal.address, temporal.pid
        client = await Client.connect(address, namespace=temporal.namespace)
        await client.start_workflow("PublicNotice", 20, id="notice", task_queue="notices")
        await temporal.kill()
        await temporal.start()
        assert temporal.pid != first
        assert temporal.address == address
        client = await Client.connect(address, namespace=temporal.namespace)
        async with Worker(
            client, task_queue="notices", workflows=[PublicNotice], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            skipper = TimeSkipper(client)
            await skipper.fast_forward(client.get_workflow_handle("notice"), timedelta(days=21))
            assert await client.get_workflow_handle("notice").result() == "over"
    finally:
        await temporal.stop()


async def test_it_listens_on_loopback_only_one_per_folder_and_leaves_its_port(data_dir: Path) -> None:
    async with EmbeddedTemporal(data_dir / "temporal", namespaces=("here", "there")) as temporal:
        listening = [c for c in psutil.Process(temporal.pid).net_connections("inet") if c.status == "LISTEN"]
        assert {connection.laddr.ip for connection in listening} <= {"127.0.0.1", "::1"}
        with pytest.raises(DirectoryTaken, match=str(os.getpid())):
            await EmbeddedTemporal(data_dir / "temporal").start()
        for namespace in ("here", "there"):
            client = await Client.connect(temporal.address, namespace=namespace)
            assert [one async for one in client.list_workflows()] == []
    assert is_free(temporal.port)
