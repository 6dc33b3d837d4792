"""A worker process of its own for one department with limits: it knocks at the department over HTTP."""

import asyncio
import json
import signal
import sys
from datetime import timedelta

import httpx
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.haste import Haste
from activities.models import DepartmentRequest
from adapters.configuration.entry import DepartmentEntry
from adapters.directory import DepartmentDirectory
from adapters.kinds import Surroundings
from event_store.department_slots import DepartmentSlots
from event_store.pool import StoreSettings
from runtime.department_workers import DepartmentWorkers

KNOCK = "knock"
CODE = "registry"
_CLIENT = httpx.AsyncClient(trust_env=False, timeout=30)


class Knock(DepartmentRequest):
    """Who knocks."""

    door: str
    who: str
    urgency: Haste

    @property
    def asked(self) -> str:
        return CODE

    @property
    def haste(self) -> Haste:
        """As the test says."""
        return self.urgency


@activity.defn(name=KNOCK)
async def knock(request: Knock) -> str:
    """One call to the department."""
    return (await _CLIENT.post(request.door, content=request.who)).text


async def serve(temporal: str, namespace: str, database: str, queue: str, limits: str) -> None:
    """Until SIGTERM."""
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    client = await Client.connect(temporal, namespace=namespace, data_converter=pydantic_data_converter)
    entry = DepartmentEntry.model_validate({"limits": json.loads(limits)})
    directory = DepartmentDirectory(Surroundings())
    async with DepartmentSlots(StoreSettings(url=database)) as slots:
        workers = DepartmentWorkers(client, queue, [knock], directory, slots, timedelta(seconds=5))
        await workers.serve({CODE: entry})
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asked.wait()
        await workers.stop()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
