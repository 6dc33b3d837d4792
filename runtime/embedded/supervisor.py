"""Keeps a set of services running: starts them in order, restarts what dies, stops all in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from runtime.embedded.child import last_lines
from runtime.embedded.faults import EmbeddedFault, RoleKeepsDying

_FIRST_PAUSE = 0.2  # seconds before the first restart; doubled for each further death in the window
_LONGEST_PAUSE = 10.0  # seconds
_WINDOW = 60.0  # seconds in which deaths are counted
_MOST_DEATHS = 6  # in the window; then something is wrong that a restart does not mend


class Service(Protocol):
    """A process that can be started, watched and stopped."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int: ...
    @property
    def log(self) -> Path: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...
    async def wait(self) -> int: ...


class Phase(StrEnum):
    """What happens to a service."""

    STARTING = "starting"
    READY = "ready"
    DIED = "died"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Progress:
    """One thing to tell whoever waits."""

    name: str
    phase: Phase
    detail: str = ""


Report = Callable[[Progress], None]


class Supervisor:
    """Runs services. A service that ends by itself is started again after a pause, up to a limit."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._services: dict[str, Service] = {}
        self._ready: dict[str, asyncio.Event] = {}
        self._may_run: dict[str, asyncio.Event] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._ordered: set[str] = set()
        self._given_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def pids(self) -> dict[str, int]:
        """The process id of every service that runs, in the order of their start."""
        found: dict[str, int] = {}
        for name, service in self._services.items():
            with contextlib.suppress(EmbeddedFault):
                found[name] = service.pid
        return found

    async def start(self, services: Sequence[Service]) -> None:
        """Start these side by side, and watch each from then on. Errors: the first service's own fault."""
        for service in services:
            self._services[service.name] = service
            self._ready[service.name] = asyncio.Event()
            self._may_run[service.name] = asyncio.Event()
            self._may_run[service.name].set()
        await side_by_side(*(self._first_start(service) for service in services))

    async def stop(self) -> None:
        """Stop watching, then stop every service, the last started first."""
        for watch in self._watches.values():
            watch.cancel()
        await asyncio.gather(*self._watches.values(), return_exceptions=True)
        self._watches.clear()
        for name, service in reversed(self._services.items()):
            self._report(Progress(name, Phase.STOPPING))
            await service.stop()
            self._report(Progress(name, Phase.STOPPED))
        self._services.clear()
        self._given_up.cancel()

    async def kill(self, name: str, *, restart: bool = True) -> None:
        """SIGKILL one service. With `restart=False` it stays down until `release`.

        Such a death was wanted: it does not count towards the limit, however often it happens.
        """
        self._ordered.add(name)
        if not restart:
            self._may_run[name].clear()
        self._ready[name].clear()
        await self._services[name].kill()

    def release(self, name: str) -> None:
        """Let a service that was killed with `restart=False` come back."""
        self._may_run[name].set()

    async def until_ready(self, name: str) -> None:
        """Wait until a service is ready (again). Errors: `RoleKeepsDying`."""
        ready = asyncio.create_task(self._ready[name].wait())
        try:
            await asyncio.wait((ready, self._given_up), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._given_up.done():
            self._given_up.result()

    async def wait(self) -> None:
        """Wait for the moment when the supervisor gives up. Errors: `RoleKeepsDying`."""
        await asyncio.shield(self._given_up)

    async def _first_start(self, service: Service) -> None:
        self._report(Progress(service.name, Phase.STARTING))
        await service.start()
        self._now_ready(service)
        self._watches[service.name] = asyncio.create_task(self._watch(service))

    def _now_ready(self, service: Service) -> None:
        self._ready[service.name].set()
        self._report(Progress(service.name, Phase.READY, f"pid {service.pid}"))

    async def _watch(self, service: Service) -> None:
        deaths: deque[float] = deque(maxlen=_MOST_DEATHS)
        clock = asyncio.get_running_loop().time
        why = ""
        while True:
            if not why:
                why = f"exit code {await service.wait()}"
            self._ready[service.name].clear()
            self._report(Progress(service.name, Phase.DIED, why))
            if service.name in self._ordered:
                self._ordered.discard(service.name)
            else:
                deaths.append(clock())
            recent = sum(1 for death in deaths if clock() - death < _WINDOW)
            if recent >= _MOST_DEATHS:
                return self._give_up(service, why)
            await asyncio.sleep(min(_FIRST_PAUSE * 2 ** max(recent - 1, 0), _LONGEST_PAUSE))
            await self._may_run[service.name].wait()
            self._report(Progress(service.name, Phase.STARTING, "again"))
            try:
                await service.start()
            except EmbeddedFault as fault:
                why = str(fault)
            else:
                why = ""
                self._now_ready(service)

    def _give_up(self, service: Service, why: str) -> None:
        if not self._given_up.done():
            tail = last_lines(service.log)
            self._given_up.set_exception(
                RoleKeepsDying(
                    f"{service.name} died {_MOST_DEATHS} times within {_WINDOW:.0f} seconds ({why}):\n{tail}",
                    log=service.log,
                )
            )


async def side_by_side(*doing: Coroutine[object, object, None]) -> None:
    """Do all of this at once; the first error cancels the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as together:
            for one in doing:
                together.create_task(one)
    except BaseExceptionGroup as faults:
        raise faults.exceptions[0] from None
