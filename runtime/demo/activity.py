"""When something last happened to each case: a case is stuck by silence, not because a clock ran fast."""

from __future__ import annotations

import time
from collections.abc import Callable


class Activity:
    """Measures silence. ``clock`` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def seen(self, case_no: str) -> None:
        """Something happened to this case now."""
        self._last[case_no] = self._clock()

    def seen_everywhere(self) -> None:
        """A part of the city was restarted: every case gets its whole time again."""
        self._last.clear()

    def silent_for(self, case_no: str) -> float:
        """Seconds in which nothing happened, at most those since the first time this was asked."""
        now = self._clock()
        return now - self._last.setdefault(case_no, now)
