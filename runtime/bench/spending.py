"""What a load takes of the machine: processor time per case, and how much of the processors it holds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from runtime.bench.load import cpu_seconds


class Spent(BaseModel):
    """What cases took that began at a constant rate."""

    model_config = ConfigDict(frozen=True)

    cpu_ms_per_case: dict[str, float]
    """By process, over the whole run; the load is what watching and deciding for the departments used."""
    processors: float
    """How many were in use while cases began, by everything that runs for the measurement."""

    @property
    def ms_per_case(self) -> float:
        """Of all processes together."""
        return sum(self.cpu_ms_per_case.values())


@dataclass(frozen=True)
class _SoFar:
    at: float
    seconds: dict[str, float]


class Spending:
    """From here on it is counted; the marks say when cases begin at the full rate and when no more begin."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._began = self._so_far()
        self._swing: _SoFar | None = None
        self._ceased: _SoFar | None = None

    def in_full_swing(self) -> None:
        """The warm-up is over; only the first call counts."""
        self._swing = self._swing or self._so_far()

    def none_begins_any_more(self) -> None:
        """The last case began."""
        self._ceased = self._so_far()

    def for_cases(self, cases: int) -> Spent:
        """All is over: what so many cases took. Raises ValueError when a mark is missing."""
        if self._swing is None or self._ceased is None:
            raise ValueError("nothing was measured")
        ended = self._so_far()
        in_swing = sum(self._ceased.seconds.values()) - sum(self._swing.seconds.values())
        return Spent(
            cpu_ms_per_case={
                name: (used - self._began.seconds[name]) * 1000 / cases for name, used in ended.seconds.items()
            },
            processors=in_swing / (self._ceased.at - self._swing.at),
        )

    def _so_far(self) -> _SoFar:
        return _SoFar(time.perf_counter(), cpu_seconds(self._pids))
