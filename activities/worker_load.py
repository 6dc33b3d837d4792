"""Whether cases are kept waiting: what one case saw says little, what many see is load."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from statistics import median_low

_REMEMBERED = 16
"""So many cases are looked back on: a second of a worker that is busy."""
_FEWEST = 8
"""Fewer say nothing: a single case on an idle machine may meet a hiccup."""
_FORGOTTEN_AFTER = 5.0  # seconds
_NOT_LOAD = timedelta(minutes=1)
"""Who waited longer met an outage, or time that was skipped."""


class WorkerLoad:
    """How long cases are kept waiting, as they tell this worker with what it puts on record for them (ADR 0032)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_of: OrderedDict[str, tuple[float, timedelta]] = OrderedDict()

    def heard(self, case_no: str, kept_waiting: timedelta | None) -> timedelta:
        """Note what this case says, None being nothing. The median of what cases said lately; zero while few did."""
        now = self._clock()
        if kept_waiting is not None and kept_waiting < _NOT_LOAD:
            self._last_of[case_no] = (now, kept_waiting)
            self._last_of.move_to_end(case_no)
            if len(self._last_of) > _REMEMBERED:
                self._last_of.popitem(last=False)
        fresh = [waited for said_at, waited in self._last_of.values() if now - said_at <= _FORGOTTEN_AFTER]
        return median_low(fresh) if len(fresh) >= _FEWEST else timedelta(0)
