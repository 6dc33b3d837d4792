"""The one timer of a case, for the soonest of its deadlines: asking for each of them would be a timer each."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

_RINGS_LATE = 0.001
"""Seconds. The same moment, reckoned at two times, differs by what floats leave out of it: not worth another timer."""


class Alarm:
    """Rings once, at the earliest moment it was set to. ``stays_set``: also when that moment is reckoned anew."""

    def __init__(self, ring: Callable[[], None], *, stays_set: bool) -> None:
        self._ring = ring
        self._may_be_late = _RINGS_LATE if stays_set else 0.0
        self._timer: asyncio.TimerHandle | None = None

    def set(self, at: datetime) -> None:
        """Ring at ``at``, or at once when that is past; without effect when it rings by then anyway."""
        loop = asyncio.get_running_loop()
        delay = max((at - workflow.now()).total_seconds(), 0.0)
        due = loop.time() + delay
        if self._timer is not None:
            if not self._timer.cancelled() and self._timer.when() <= due + self._may_be_late:
                return
            self._timer.cancel()
        self._timer = loop.call_later(delay, self._ring)

    def rang(self) -> None:
        """Whoever was rung for looks now at what is due; from here on it may be set again."""
        self._timer = None
