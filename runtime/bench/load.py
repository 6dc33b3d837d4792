"""Constant load: so many cases in flight, each that ends followed by a new one; the rate is that of a steady state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict

from runtime.bench.sides import Side


class Round(BaseModel):
    """What one round of one side gave."""

    model_config = ConfigDict(frozen=True)

    cases: int
    seconds: float
    cpu_ms_per_case: dict[str, float]
    """By process; the load is what the measuring process itself used."""

    @property
    def rate(self) -> float:
        """Cases per second."""
        return self.cases / self.seconds


async def constant_load(
    side: Side, in_flight: int, cases: int, pids: dict[str, int], ended: Callable[[], None] = lambda: None
) -> Round:
    """Measure `cases` cases while `in_flight` are under way.

    The first ones to end warm the side up; the load goes on until the last measured case has ended, so that neither
    the beginning nor the end of the round counts. Raises what applying or the workflow raises.
    """
    done = 0
    began_at = ended_at = 0.0
    cpu_before: dict[str, float] = {}
    cpu_after: dict[str, float] = {}

    async def one_after_another() -> None:
        nonlocal done, began_at, ended_at, cpu_before, cpu_after
        while done < in_flight + cases:
            await side.until_ended(await side.apply())
            done += 1
            if done == in_flight:
                began_at, cpu_before = time.perf_counter(), cpu_seconds(pids)
            elif done == in_flight + cases:
                ended_at, cpu_after = time.perf_counter(), cpu_seconds(pids)
            if in_flight < done <= in_flight + cases:
                ended()

    async with asyncio.TaskGroup() as load:
        for _ in range(in_flight):
            load.create_task(one_after_another())
    return Round(
        cases=cases,
        seconds=ended_at - began_at,
        cpu_ms_per_case={name: (cpu_after[name] - cpu_before[name]) * 1000 / cases for name in cpu_after},
    )


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """Processor time of each process and its children so far."""
    times = {name: _of_family(psutil.Process(pid)) for name, pid in pids.items()}
    return {**times, "load": _own(psutil.Process())}


def _of_family(process: psutil.Process) -> float:
    """With its children, also those that have ended."""
    ended = process.cpu_times()
    return _own(process) + float(ended.children_user + ended.children_system) + sum(map(_of_child, process.children()))


def _of_child(process: psutil.Process) -> float:
    try:
        return _of_family(process)
    except psutil.NoSuchProcess:  # it ended just now
        return 0.0


def _own(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)
