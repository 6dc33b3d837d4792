"""One of the product's own roles, run as a child process: a service that answers when ready, or a job that ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil  # type: ignore[import-untyped]

from runtime.embedded.child import Child, end_leftover, last_lines
from runtime.embedded.faults import EmbeddedFault, ServerDidNotStart

_START_PATIENCE = 90.0  # seconds; imports alone take seconds on a busy machine
_STOP_PATIENCE = 20.0  # seconds, before SIGKILL
_LOOK_AGAIN = 0.1  # seconds between two questions whether it is ready

Environment = Callable[[], Mapping[str, str]]


class Program:
    """`python -m runtime.cli NAME`, ready when `ready_url` answers 200."""

    def __init__(self, name: str, *, logs: Path, environment: Environment, ready_url: Callable[[], str]) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self._environment = environment
        self._ready_url = ready_url
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """The process id. Errors: `EmbeddedFault` when it does not run."""
        if self._child is None or self._child.exit_code is not None:
            raise EmbeddedFault(f"{self.name} is not running")
        return self._child.pid

    async def start(self) -> None:
        """Start and wait until it says that it is ready. Errors: `ServerDidNotStart` with its last log lines."""
        await end_leftover(self.log, _STOP_PATIENCE)
        self._child = await _start(self.name, self.log, self._environment())
        try:
            await self._until_ready(self._child)
        except BaseException:
            await self._child.stop(_STOP_PATIENCE)
            raise

    async def stop(self) -> None:
        """Stop it gracefully; without effect when it does not run."""
        if self._child is not None:
            await self._child.stop(_STOP_PATIENCE)
            self._child = None

    async def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        if self._child is not None:
            await self._child.kill()

    async def wait(self) -> int:
        """Wait until it ends, for whatever reason; returns its exit code."""
        if self._child is None:
            raise EmbeddedFault(f"{self.name} is not running")
        return await self._child.wait()

    async def _until_ready(self, child: Child) -> None:
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while not (listens(child.pid, self._ready_url()) and await _answers(client, self._ready_url())):
                if child.exit_code is not None:
                    raise ServerDidNotStart(f"{self.name} ended at its start:\n{last_lines(child.log)}", log=self.log)
                if asyncio.get_running_loop().time() > deadline:
                    raise ServerDidNotStart(
                        f"{self.name} was not ready after {_START_PATIENCE:.0f} seconds:\n{last_lines(child.log)}",
                        log=self.log,
                    )
                await asyncio.sleep(_LOOK_AGAIN)


async def run_job(name: str, *, logs: Path, environment: Mapping[str, str]) -> None:
    """Run `python -m runtime.cli NAME` to its end. Errors: `ServerDidNotStart` with its last log lines."""
    child = await _start(name, logs / f"{name}.log", environment)
    try:
        code = await child.wait()
    except BaseException:
        await child.stop(_STOP_PATIENCE)
        raise
    if code != 0:
        raise ServerDidNotStart(f"{name} failed:\n{last_lines(child.log)}", log=child.log)


async def _start(name: str, log: Path, environment: Mapping[str, str]) -> Child:
    return await Child.start([sys.executable, "-m", "runtime.cli", *name.split()], log=log, environment=environment)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def listens(pid: int, url: str) -> bool:
    """Whether this very process listens at the port of `url`, and not another city's."""
    try:
        sockets = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    port = urlsplit(url).port
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)
