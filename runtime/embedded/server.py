"""What the embedded servers have in common: a data directory held by one, one child process, ports that stay."""

from __future__ import annotations

import abc
from pathlib import Path
from typing import ClassVar, Self

from runtime.embedded.child import Child, end_leftover
from runtime.embedded.faults import EmbeddedFault
from runtime.embedded.places import DirectoryLock, make_data_dir
from runtime.embedded.ports import RememberedPorts


class EmbeddedServer(abc.ABC):
    """One server in `data_dir`, started and stopped by us.

    Use it as an asynchronous context manager, or call `start` and `stop`. A restart keeps port and data, also after
    SIGKILL. `ports` are those of a whole city; without them the server remembers its own.
    """

    name: ClassVar[str]
    """The name of its role, its main port and its log file."""
    title: ClassVar[str]
    """As faults call it."""
    stop_patience: ClassVar[float]
    """Seconds, before SIGKILL."""

    def __init__(self, data_dir: Path, ports: RememberedPorts | None) -> None:
        self._home = data_dir
        self._city_ports = ports
        self._child: Child | None = None
        self._lock: DirectoryLock | None = None
        self._port: int | None = None

    @property
    def pid(self) -> int:
        """The server's process id. Errors: `EmbeddedFault` when it does not run."""
        return self._running().pid

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; known from the first start on."""
        if self._port is None:
            raise EmbeddedFault(f"{self.title} has not been started yet")
        return self._port

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._home / f"{self.name}.log"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the server and wait until it serves; without effect when it runs.

        Errors: `DirectoryTaken`, `UnusablePlace`, `MissingBinary`, `ServerDidNotStart`.
        """
        if self._child is not None and self._child.exit_code is None:
            return
        self._home = make_data_dir(self._home)
        if self._lock is None:
            lock = DirectoryLock(self._home, self.title)
            lock.take()
            self._lock = lock
        try:
            await end_leftover(self.log, self.stop_patience)
            await self._start(self._ports())
        except BaseException:
            await self.stop()
            raise

    @abc.abstractmethod
    async def _start(self, ports: RememberedPorts) -> None:
        """Start the child and wait until it serves. The directory is ours and nothing is left over in it."""

    async def stop(self) -> None:
        """Stop the server gracefully; without effect when it does not run."""
        if self._child is not None:
            await self._child.stop(self.stop_patience)
            self._child = None
        if self._city_ports is None:  # else they are released with all others of the city
            self._ports().release()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def kill(self) -> None:
        """End the server with SIGKILL, as a crash would; `start` recovers from it."""
        await self._running().kill()

    async def wait(self) -> int:
        """Wait until the server ends, for whatever reason; returns its exit code."""
        if self._child is None:
            raise EmbeddedFault(f"{self.title} is not running")
        return await self._child.wait()

    def _ports(self) -> RememberedPorts:
        return self._city_ports or RememberedPorts(self._home / "ports.json")

    def _running(self) -> Child:
        if self._child is None or self._child.exit_code is not None:
            raise EmbeddedFault(f"{self.title} is not running")
        return self._child
