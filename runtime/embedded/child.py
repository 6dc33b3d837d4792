"""One child process: bound to our life, with a log file, stopped by its own pid."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class User:
    """An unprivileged user to run a child as."""

    name: str
    uid: int
    gid: int


class Child:
    """A running child process whose output goes to a log file.

    It has a session of its own: a Ctrl-C in the terminal reaches the supervisor only, who stops children in order.
    Beside the log lies a file with its pid and time of birth, by which `end_leftover` knows it again.
    """

    def __init__(self, process: asyncio.subprocess.Process, log: Path, stop_signal: signal.Signals) -> None:
        self._process = process
        self._stop_signal = stop_signal
        self.log = log

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        user: User | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> Child:
        """Start `command` (its program by path).

        `stop_signal` is what ends it gracefully, and what the kernel sends it when we die.
        """
        who = ("-", "-") if user is None else (str(user.uid), str(user.gid))
        tether = (sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), str(stop_signal.value), *who)
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab") as output:
            process = await asyncio.create_subprocess_exec(
                *tether,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=None if environment is None else dict(environment),
                cwd=directory,
                start_new_session=True,
            )
        with contextlib.suppress(psutil.NoSuchProcess):
            born = psutil.Process(process.pid).create_time()
            _pid_file(log).touch(0o600)
            _pid_file(log).write_text(f"{process.pid} {born} {stop_signal.value}\n")
        return cls(process, log, stop_signal)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal, or None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for the end and return the exit code."""
        return await self._process.wait()

    async def stop(self, patience: float) -> int:
        """Ask the child to end, wait up to `patience` seconds, then kill it; returns the exit code."""
        self._send(self._stop_signal)
        try:
            return await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """End the child with SIGKILL, as a power failure would; returns the exit code."""
        self._send(signal.SIGKILL)
        return await self._process.wait()

    def _send(self, which: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(which)


def last_lines(log: Path, count: int = 8) -> str:
    """The last lines of a log, to be shown when its process failed; empty when there is none."""
    with contextlib.suppress(OSError), log.open("rb") as handle:
        handle.seek(0, os.SEEK_END)
        handle.seek(max(0, handle.tell() - 16_384))
        return "\n".join(handle.read().decode(errors="replace").splitlines()[-count:])
    return ""


async def end_leftover(log: Path, patience: float) -> None:
    """Stop the child with this log that a killed supervisor left running, and wait until it is gone.

    Call it with the data directory's lock held: then no living supervisor can own the child. It is recognised by pid
    and time of birth, so that a process which got the same number later is left alone.
    """
    try:
        pid, born, stop_signal = _pid_file(log).read_text().split()
        process = psutil.Process(int(pid))
        if process.create_time() != float(born):
            return
        process.send_signal(int(stop_signal))
        try:
            await asyncio.to_thread(process.wait, patience)
        except psutil.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return


def _pid_file(log: Path) -> Path:
    return log.with_suffix(".pid")
