"""What a constant rate of cases takes of the machine: processor time per case, and how busy the processors are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import psutil  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict

from runtime.bench.load import cpu_seconds

OURS: Final = ("temporal", "postgres", "departments", "worker", "gateway")
BARE: Final = ("temporal", "departments", "bare worker", "bare gateway")
_MEASURING: Final = "load"


class Spent(BaseModel):
    """What cases took that began at a constant rate."""

    model_config = ConfigDict(frozen=True)

    cpu_ms_per_case: dict[str, float]
    """Of each process that had to do with them, over the whole run, with what it does when it is idle."""
    measuring_ms_per_case: float
    """What the measuring itself took beside them; for ours watching each case and deciding for its departments."""
    busy: float
    """The share of the machine's processors that was in use at that rate, by whatever ran there."""

    @property
    def ms_per_case(self) -> float:
        """Of all processes together."""
        return sum(self.cpu_ms_per_case.values())


@dataclass(frozen=True)
class Reading:
    """The machine's clocks at one moment, in seconds."""

    by_process: Mapping[str, float]
    idle: float
    total: float


def reading(pids: dict[str, int]) -> Reading:
    """The clocks now, of these processes and of the machine."""
    machine = psutil.cpu_times()
    # Linux counts a guest's time twice: by itself, and in that of the user.
    total = sum(machine) - getattr(machine, "guest", 0.0) - getattr(machine, "guest_nice", 0.0)
    return Reading(cpu_seconds(pids), machine.idle + getattr(machine, "iowait", 0.0), total)


class Spending:
    """Counted from here on; at which moments cases begin at the full rate, and no longer, is said to it."""

    def __init__(
        self,
        processes: tuple[str, ...],
        pids: dict[str, int],
        read: Callable[[dict[str, int]], Reading] = reading,
    ) -> None:
        self._processes = processes
        self._pids = pids
        self._read = read
        self._at_first = read(pids)
        self._rate_began: Reading | None = None
        self._rate_ended: Reading | None = None

    def rate_begins(self) -> None:
        """The warm-up is over; only the first call counts."""
        self._rate_began = self._rate_began or self._read(self._pids)

    def rate_ends(self) -> None:
        """The next case would begin now, and does not."""
        self._rate_ended = self._read(self._pids)

    def by_cases(self, cases: int) -> Spent:
        """All is over: what so many cases took. Raises ValueError when there was no time at the full rate."""
        began, ended = self._rate_began, self._rate_ended
        if began is None or ended is None:
            raise ValueError("nothing was measured")
        last = self._read(self._pids)

        def per_case(process: str) -> float:
            return (last.by_process[process] - self._at_first.by_process[process]) * 1000 / cases

        return Spent(
            cpu_ms_per_case={process: per_case(process) for process in self._processes},
            measuring_ms_per_case=per_case(_MEASURING),
            busy=1 - (ended.idle - began.idle) / (ended.total - began.total),
        )
