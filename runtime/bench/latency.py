"""From a decision posted by a department to the event at a watcher, while cases begin at a constant rate.

The departments of the city stay silent: the measurement decides in their place, signed like them, so that both ends
of the way are read off one clock. Every decision of every case counts.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final

import httpx
from pydantic import BaseModel, ConfigDict
from temporalio.client import Client

from adapters.sandbox.behaviours import Silent
from runtime.bench.bare.processes import TASK_QUEUE
from runtime.bench.bare.workflow import DECIDE, LISTENER
from runtime.bench.machine import Machine
from runtime.bench.sides import Bare, Ours, http_client
from runtime.bench.spending import BARE, OURS, Spending, Spent
from runtime.bench.stand import AT_ONCE, Stand
from runtime.sandbox_credentials import load_sandbox_credentials
from security.signatures import sign
from security.signing_keys import SigningKey

_WARM_UP: Final = 3.0  # seconds at the beginning that do not count
_UPDATES_ALONE: Final = 10.0  # seconds at most
_PATIENCE: Final = 300.0  # seconds that one case may take; on a machine that does not carry the rate they queue
_CONNECTIONS: Final = 10_000
"""More than are ever open: a watcher keeps one, and no call waits for another's, or the times would hold that queue."""


class Percentiles(BaseModel):
    """Of times in milliseconds."""

    model_config = ConfigDict(frozen=True)

    count: int
    p50: float
    p95: float
    p99: float
    longest: float

    @classmethod
    def of(cls, seconds: list[float]) -> Percentiles:
        """The percentiles of these times, by the nearest rank. Raises ValueError when there are none."""
        if not seconds:
            raise ValueError("nothing was measured")
        ordered = sorted(one * 1000 for one in seconds)

        def rank(share: float) -> float:
            return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

        return cls(count=len(ordered), p50=rank(0.5), p95=rank(0.95), p99=rank(0.99), longest=ordered[-1])


class Latency(BaseModel):
    """The result. ``update_alone`` is the round trip of an update to a bare workflow, without our gateway."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    rate: float
    cases: int
    decision_to_watcher: Percentiles
    decision_answered: Percentiles
    update_alone: Percentiles
    ours: Spent
    bare: Spent
    """Cases of the bare workflow that began at the same rate, unwatched, decided by the departments themselves."""


Progress = Callable[[str], None]


async def measure(stand: Stand, machine: Machine, *, rate: float, seconds: float, progress: Progress) -> Latency:
    """Cases begin at `rate` per second for `seconds` (after a warm-up); then updates alone, as many per second."""
    await stand.departments_behave(Silent())
    departments = _Departments(stand)
    items = len(departments.of_item)
    async with AsyncExitStack() as opened:
        client = await opened.enter_async_context(http_client(_CONNECTIONS))
        watched = _Watched(stand, client, departments)
        spending = Spending(OURS, stand.pids)
        cases = await _begin_at(
            rate, seconds, spending, watched.one_case, lambda began: progress(f"{began} cases began, {watched.seen}")
        )
        ours = spending.by_cases(cases)
        progress("the bare workflow at the same rate")
        bare = await _bare_alone(stand, client, rate, seconds)
        progress("updates alone")
        alone = await _updates_alone(stand.bare, list(departments.of_item), rate, min(seconds, _UPDATES_ALONE))
    return Latency(
        machine=machine,
        rate=rate,
        cases=len(watched.to_watcher) // items,
        decision_to_watcher=Percentiles.of(watched.to_watcher),
        decision_answered=Percentiles.of(watched.answered),
        update_alone=Percentiles.of(alone),
        ours=ours,
        bare=bare,
    )


async def _begin_at(
    rate: float,
    seconds: float,
    spending: Spending,
    case: Callable[[bool], Coroutine[Any, Any, None]],
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Begin cases at this rate and wait until all have ended; how many there were. Each is told whether it counts."""
    cases = 0
    async with asyncio.TaskGroup() as running:
        async for at in paced(rate, _WARM_UP + seconds):
            if at >= _WARM_UP:
                spending.rate_begins()
            running.create_task(case(at >= _WARM_UP))
            cases += 1
            progress(cases)
        spending.rate_ends()
    return cases


async def paced(rate: float, seconds: float) -> AsyncIterator[float]:
    """The moments at which cases begin, in seconds since the first, each when it has come; ends when one more would."""
    began = time.perf_counter()
    number = 0
    while number / rate < seconds:
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        yield number / rate
        number += 1
    await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))


async def _bare_alone(stand: Stand, client: httpx.AsyncClient, rate: float, seconds: float) -> Spent:
    """What the bare workflow takes at that rate: no watchers, and departments that decide by themselves."""
    await stand.departments_behave(AT_ONCE)
    side, spending = Bare(stand, client), Spending(BARE, stand.pids)

    async def one_case(_: bool) -> None:
        async with asyncio.timeout(_PATIENCE):
            await side.until_ended(await side.apply())

    return spending.by_cases(await _begin_at(rate, seconds, spending, one_case))


class _Departments:
    """Decides in the place of every department of the city."""

    def __init__(self, stand: Stand) -> None:
        if stand.settings.sandbox_credentials is None:
            raise ValueError("the stand has sandbox departments")
        credentials = load_sandbox_credentials(stand.settings.sandbox_credentials)
        self._keys: dict[str, SigningKey] = {code: known.signing() for code, known in credentials.items()}
        self._gateway = stand.city.urls["gateway"]
        self.of_item = {item.id: item.department for item in stand.plan.items}

    def approval(self, case_no: str, item: str) -> tuple[str, bytes, dict[str, str]]:
        """Address, body and headers of one signed decision."""
        department = self.of_item[item]
        body = json.dumps(
            {
                "decision_id": f"{case_no}:{item}:bench",
                "case_no": case_no,
                "item": item,
                "attempt": 1,
                "verdict": "approved",
                "results": [],
            }
        ).encode()
        url = f"{self._gateway}/departments/{department}/decisions"
        headers = {"Content-Type": "application/json"}
        return url, body, {**headers, **sign("POST", url, headers, body, self._keys[department])}


class _Watched:
    """Cases with a watcher each; what it sees accepted is decided, what it sees decided was measured."""

    def __init__(self, stand: Stand, client: httpx.AsyncClient, departments: _Departments) -> None:
        self._side = Ours(stand, client)
        self._client = client
        self._departments = departments
        self._gateway = stand.city.urls["gateway"]
        self._headers = {"Authorization": f"Bearer {stand.token}"}
        self.to_watcher: list[float] = []
        self.answered: list[float] = []

    @property
    def seen(self) -> str:
        """How far it is, for whoever waits."""
        return f"{len(self.to_watcher)} decisions seen"

    async def one_case(self, counts: bool) -> None:
        """Apply, watch, decide whatever is accepted, until the case is closed."""
        posted: dict[str, float] = {}
        async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as deciding:
            case_no = await self._side.apply()
            closed = False
            last = 0
            while not closed:
                url = f"{self._gateway}/cases/{case_no}/panorama/stream?after={last}"
                async with self._client.stream("GET", url, headers=self._headers) as stream:
                    stream.raise_for_status()
                    async for change in _changes(stream):
                        seen = time.perf_counter()
                        last = change["version"]
                        match change["type"]:
                            case "item_accepted":
                                deciding.create_task(self._decide(case_no, change["item"], posted, counts=counts))
                            case "item_approved" if counts:
                                self.to_watcher.append(seen - posted[change["item"]])
                            case "case_closed":
                                closed = True

    async def _decide(self, case_no: str, item: str, posted: dict[str, float], *, counts: bool) -> None:
        url, body, headers = self._departments.approval(case_no, item)
        posted[item] = time.perf_counter()
        answer = await self._client.post(url, content=body, headers=headers)
        answer.raise_for_status()
        if counts:
            self.answered.append(time.perf_counter() - posted[item])


async def _changes(stream: httpx.Response) -> Any:
    async for line in stream.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


async def _updates_alone(client: Client, items: list[str], rate: float, seconds: float) -> list[float]:
    """Updates to workflows that only listen, at the rate of the decisions above."""
    found: list[float] = []

    async def one_case() -> None:
        handle = await client.start_workflow(LISTENER, len(items), id=f"listener-{uuid.uuid4()}", task_queue=TASK_QUEUE)

        async def tell(item: str) -> None:
            began = time.perf_counter()
            await handle.execute_update(DECIDE, {"item": item})
            found.append(time.perf_counter() - began)

        await asyncio.gather(*map(tell, items))
        await handle.result()

    async with asyncio.TaskGroup() as running:
        async for _ in paced(rate, seconds):
            running.create_task(one_case())
    return found
