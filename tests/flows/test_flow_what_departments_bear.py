"""Limits hold over all worker processes, a killed one keeps no slot, one-things take turns, haste goes first."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.haste import Haste
from activities.names import department_queue
from one_things.model import Record
from tests.flows.limited_worker import CODE, KNOCK, Knock
from tests.flows.town import Town, eventually
from workflows.calling import patiently


class Calls(Record):
    """How often somebody knocks at a door."""

    door: str
    who: str
    times: int
    haste: Haste = Haste.USUAL


async def knock_all(calls: Calls) -> None:
    knocks = [Knock(door=calls.door, who=f"{calls.who} {number}", urgency=calls.haste) for number in range(calls.times)]
    await asyncio.gather(*(patiently(KNOCK, knock.who, knock, str) for knock in knocks))


@workflow.defn
class Busy:
    """A one-thing of which there are many cases."""

    @workflow.run
    async def run(self, calls: Calls) -> None:
        await knock_all(calls)


@workflow.defn
class Rare:
    """Another one."""

    @workflow.run
    async def run(self, calls: Calls) -> None:
        await knock_all(calls)


@dataclass
class Door:
    """A department over HTTP that counts who stands before it at once, and when each came."""

    seconds: float = 0.02
    url: str = ""
    came: list[tuple[float, str]] = field(default_factory=list)
    inside: int = 0
    most: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it keeps whoever comes."""

    @property
    def who(self) -> list[str]:
        return [who for _, who in self.came]

    def places_of(self, who: str) -> list[int]:
        """In which places those called so were served."""
        return [place for place, came in enumerate(self.who) if came.startswith(who)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            who = (await reader.readexactly(length)).decode()
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.came.append((asyncio.get_running_loop().time(), who))
            gone = asyncio.create_task(reader.read())
            try:
                await asyncio.wait((gone, asyncio.create_task(self._stay())), return_when=asyncio.FIRST_COMPLETED)
            finally:
                self.inside -= 1
                gone.cancel()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _stay(self) -> None:
        await asyncio.sleep(self.seconds)
        await self.held.wait()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    door.held.set()
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0)
    door.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        yield door


class Street:
    """A task queue of its own on the town's servers, with worker processes for its one department."""

    def __init__(self, town: Town, client: Client, opened: AsyncExitStack) -> None:
        self.queue = f"bear-{uuid4()}"
        self.client = client
        self._town = town
        self._opened = opened

    async def worker(self, **limits: float) -> asyncio.subprocess.Process:
        """One more process, once it is ready."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.flows.limited_worker"),
            *(self._town.city.urls["temporal"], self.client.namespace),
            *(self._town.settings.database_address(), self.queue, json.dumps(limits)),
            stdout=asyncio.subprocess.PIPE,
        )
        self._opened.push_async_callback(_ended, process)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        return process

    async def backlog(self) -> int:
        """How many calls wait for the department."""
        described = await self.client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self.client.namespace,
                task_queue=TaskQueue(name=department_queue(self.queue, CODE)),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
                report_stats=True,
            )
        )
        return described.stats.approximate_backlog_count


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


@pytest.fixture
async def street(town: Town) -> AsyncIterator[Street]:
    client = await Client.connect(
        town.city.urls["temporal"],
        namespace=town.settings.temporal_namespace,
        data_converter=pydantic_data_converter,
    )
    async with AsyncExitStack() as opened:
        street = Street(town, client, opened)
        async with Worker(
            client, task_queue=street.queue, workflows=[Busy, Rare], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            yield street


@asynccontextmanager
async def under_way(street: Street, *calls: tuple[type, Calls]) -> AsyncIterator[None]:
    """These workflows, which have ended at the end."""
    handles = [
        await street.client.start_workflow(kind.run, each, id=f"{street.queue}-{each.who}", task_queue=street.queue)  # type: ignore[attr-defined]
        for kind, each in calls
    ]
    yield
    await asyncio.gather(*(handle.result() for handle in handles))


async def test_two_processes_together_never_make_more_calls_at_once(street: Street, door: Door) -> None:
    door.held.clear()
    await asyncio.gather(street.worker(concurrency=3), street.worker(concurrency=3))
    async with under_way(street, (Busy, Calls(door=door.url, who="busy", times=40))):
        await eventually(lambda: _now(door.inside), lambda inside: inside == 3, "all three made use of")
        door.held.set()
    assert sorted(Counter(door.who).values()) == [1] * 40
    assert door.most == 3


async def test_the_slots_of_a_killed_process_are_free_at_once(street: Street, door: Door) -> None:
    door.held.clear()
    first = await street.worker(concurrency=1)
    async with under_way(street, (Busy, Calls(door=door.url, who="busy", times=4))):
        await eventually(lambda: _now(door.inside), lambda inside: inside == 1, "the first call")
        await street.worker(concurrency=1)
        first.kill()
        await first.wait()
        await eventually(lambda: _now(door.inside), lambda inside: inside == 1 and len(door.came) > 1, "the next call")
        door.held.set()
    assert door.most == 1
    assert set(door.who) == {f"busy {number}" for number in range(4)}
    assert len(door.came) == 5, "what the killed process was at is done once more"


async def test_the_rate_holds_over_both_processes(street: Street, door: Door) -> None:
    await asyncio.gather(street.worker(per_second=10), street.worker(per_second=10))
    async with under_way(street, (Busy, Calls(door=door.url, who="busy", times=40))):
        pass
    times = [at for at, _ in door.came]
    assert len(times) == 40
    # Ten a second, and as many as a second may save up when nothing happened before.
    assert _most_within(times, 1.0) <= 22
    assert times[-1] - times[0] >= 2.0, "forty calls, of which ten came at once, take three seconds at this rate"


async def test_five_cases_are_not_starved_by_two_hundred_of_another_one_thing(street: Street, door: Door) -> None:
    door.seconds = 0.0
    busy, rare = Calls(door=door.url, who="busy", times=200), Calls(door=door.url, who="rare", times=5)
    async with under_way(street, (Busy, busy)):
        await eventually(street.backlog, lambda waiting: waiting == 200, "the backlog")
        async with under_way(street, (Rare, rare)):
            await eventually(street.backlog, lambda waiting: waiting == 205, "the five behind them")
            await street.worker(per_second=1000)
    assert len(door.came) == 205
    places = door.places_of("rare")
    assert max(places) < 60, f"twenty at once, and in turn: they were served at {places}"


async def test_what_is_urgent_goes_first_and_a_report_last_whoever_came_before(street: Street, door: Door) -> None:
    door.seconds = 0.0
    reports = Calls(door=door.url, who="report", times=5, haste=Haste.LATER)
    usual = Calls(door=door.url, who="usual", times=100)
    urgent = Calls(door=door.url, who="urgent", times=5, haste=Haste.SOONER)
    async with under_way(street, (Busy, reports)):
        await eventually(street.backlog, lambda waiting: waiting == 5, "the reports, which came first")
        async with under_way(street, (Busy, usual)):
            await eventually(street.backlog, lambda waiting: waiting == 105, "the backlog")
            async with under_way(street, (Busy, urgent)):
                await eventually(street.backlog, lambda waiting: waiting == 110, "the urgent ones behind them all")
                await street.worker(per_second=1000)
    assert len(door.came) == 110
    assert max(door.places_of("urgent")) < 30, f"twenty at once: they were served at {door.places_of('urgent')}"
    assert min(door.places_of("report")) >= 80, f"twenty at once: they were served at {door.places_of('report')}"


async def _now(value: int) -> int:
    return value


def _most_within(times: Sequence[float], seconds: float) -> int:
    return max(sum(begin <= at < begin + seconds for at in times) for begin in times)
