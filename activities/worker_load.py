"""Whether the cases of this worker are kept waiting: what one case saw says little, what many see is load."""

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from statistics import median_low

_REMEMBERED = 16
"""So many cases are looked back on: a second of a worker that is busy."""
_FEWEST = 8
"""Fewer say nothing: a single case on an idle machine may meet a hiccup."""
_FORGOTTEN_AFTER = 5.0  # seconds


class WorkerLoad:
    """How long cases are kept waiting by this worker, as they tell it with what they put on record (ADR 0032)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, timedelta]] = deque(maxlen=_REMEMBERED)

    def after(self, kept_waiting: timedelta) -> timedelta:
        """How long cases are kept waiting, now that one more was: the median of the last; zero while few are known."""
        now = self._clock()
        self._seen.append((now, kept_waiting))
        fresh = [waited for seen_at, waited in self._seen if now - seen_at <= _FORGOTTEN_AFTER]
        return median_low(fresh) if len(fresh) >= _FEWEST else timedelta(0)
