"""The supervisor: order, restarts with a limit, and nothing left behind. Its services here are plain small programs."""

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from runtime.embedded.child import Child, end_leftover
from runtime.embedded.faults import EmbeddedFault, RoleKeepsDying, ServerDidNotStart
from runtime.embedded.supervisor import Phase, Progress, Supervisor

SLEEPS = "import time; time.sleep(600)"
FAILS = "print('the disk is full', flush=True); raise SystemExit(3)"


class SmallProgram:
    """A service that is ready as soon as it runs."""

    def __init__(self, name: str, folder: Path, program: str = SLEEPS, later: str | None = None) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._programs = [program, later or program]
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        if self._child is None or self._child.exit_code is not None:
            raise EmbeddedFault(f"{self.name} is not running")
        return self._child.pid

    async def start(self) -> None:
        program = self._programs[0] if self._child is None else self._programs[1]
        self._child = await Child.start([sys.executable, "-c", program], log=self.log)

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop(10)

    async def kill(self) -> None:
        assert self._child is not None
        await self._child.kill()

    async def wait(self) -> int:
        assert self._child is not None
        return await self._child.wait()


async def test_starts_in_order_restarts_what_dies_and_stops_in_reverse_order(tmp_path: Path) -> None:
    told: list[Progress] = []
    supervisor = Supervisor(told.append)
    first, second = SmallProgram("first", tmp_path), SmallProgram("second", tmp_path)
    await supervisor.start([first])
    await supervisor.start([second])
    assert list(supervisor.pids) == ["first", "second"]
    before = supervisor.pids["first"]
    await supervisor.kill("first")
    await supervisor.until_ready("first")
    assert supervisor.pids["first"] != before
    running = list(supervisor.pids.values())
    await supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in running)
    assert [step.name for step in told if step.phase is Phase.STOPPED] == ["second", "first"]
    assert Progress("first", Phase.DIED, "exit code -9") in told


async def test_a_held_service_stays_down_until_it_is_released(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _: None)
    await supervisor.start([SmallProgram("held", tmp_path)])
    await supervisor.kill("held", restart=False)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(supervisor.until_ready("held"), 0.6)
    assert supervisor.pids == {}
    supervisor.release("held")
    await supervisor.until_ready("held")
    assert "held" in supervisor.pids
    await supervisor.stop()


async def test_what_keeps_dying_is_given_up_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.embedded.supervisor._FIRST_PAUSE", 0.01)
    supervisor = Supervisor(lambda _: None)
    await supervisor.start([SmallProgram("ill", tmp_path, SLEEPS, later=FAILS)])
    await supervisor.kill("ill")
    with pytest.raises(RoleKeepsDying, match=r"ill died 6 times.*exit code 3(?s:.*)the disk is full"):
        await supervisor.wait()
    await supervisor.stop()


async def test_a_service_that_cannot_start_is_told_and_the_others_are_stopped(tmp_path: Path) -> None:
    class Broken(SmallProgram):
        async def start(self) -> None:
            raise ServerDidNotStart("no port is free")

    supervisor = Supervisor(lambda _: None)
    await supervisor.start([SmallProgram("fine", tmp_path)])
    pid = supervisor.pids["fine"]
    with pytest.raises(ServerDidNotStart, match="no port is free"):
        await supervisor.start([Broken("broken", tmp_path)])
    await supervisor.stop()
    assert not psutil.pid_exists(pid)


async def test_a_child_left_over_is_recognised_by_pid_and_birth(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    child = await Child.start([sys.executable, "-c", SLEEPS], log=log)
    file = tmp_path / "child.pid"
    pid, born, stop_signal = file.read_text().split()
    file.write_text(f"{pid} {float(born) - 100} {stop_signal}\n")
    await end_leftover(log, 5)
    assert child.exit_code is None, "a stranger with the same number is left alone"
    file.write_text(f"{pid} {born} {stop_signal}\n")
    ended = asyncio.create_task(child.wait())
    await end_leftover(log, 5)
    assert await ended != 0
