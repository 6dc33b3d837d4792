"""Free ports on 127.0.0.1, chosen once and remembered, so that a restart keeps its addresses."""

from __future__ import annotations

import fcntl
import json
import os
import random
import socket
import tempfile
from pathlib import Path

HOST = "127.0.0.1"
_OURS = range(20_000, 32_768)
"""Where new ports come from: below those that a system hands out by itself (Linux from 32768, others from 49152), so
that no connection and no server without a wish takes one between its choice and the moment its server listens."""

_reserved: dict[int, tuple[Path, int]] = {}
"""The ports this process has reserved: for whom, and the descriptor that holds the lock."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now.

    SO_REUSEADDR as servers set it: connections of a server that has just ended do not count.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


class RememberedPorts:
    """The ports of one data directory by name, kept in a small JSON file.

    Seconds pass between the choice of a port and the moment its server listens. So a claimed port is also reserved, by
    a lock among all cities of this user, until `release` or the end of the process.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.absolute()

    def all(self) -> dict[str, int]:
        """Every remembered port by name."""
        try:
            return {str(name): int(port) for name, port in json.loads(self._file.read_text()).items()}
        except (FileNotFoundError, ValueError, AttributeError):
            return {}

    def claim(self, name: str, preferred: int | None = None) -> int:
        """The port of `name`: the remembered one while it is free, else `preferred` while free, else a new one."""
        known = self.all()
        for port in (known.get(name), preferred):
            if port and is_free(port) and self._reserve(port):
                break
        else:
            port = self._new_port(set(known.values()))
        if known.get(name) != port:
            self._write({**known, name: port})
        return port

    def forget(self, name: str) -> None:
        """Drop a port that somebody else took between the choice and the start."""
        self._write({key: port for key, port in self.all().items() if key != name})

    def release(self) -> None:
        """Let others choose these ports; they stay remembered."""
        for port in [port for port, (owner, _) in _reserved.items() if owner == self._file]:
            os.close(_reserved.pop(port)[1])

    def _write(self, ports: dict[str, int]) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(ports, indent=2) + "\n")
        os.replace(fresh, self._file)

    def _new_port(self, taken: set[int]) -> int:
        while True:
            port = random.choice(_OURS)  # noqa: S311 - nobody's secret
            if port not in taken and is_free(port) and self._reserve(port):
                return port

    def _reserve(self, port: int) -> bool:
        if port in _reserved:
            return _reserved[port][0] == self._file
        folder = Path(tempfile.gettempdir()) / f"onething-ports-{os.geteuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            return True  # somebody else made it; then ports are chosen without reservation
        descriptor = os.open(folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        _reserved[port] = (self._file, descriptor)
        return True
