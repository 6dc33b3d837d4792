"""A breaker: after so many failures in a row a department is left alone, and tried with one call now and then.

One per department and process: who does not call learns nothing from the others, and needs nobody to be there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from adapters.configuration.pace import Breaker as BreakerRule
from adapters.port import UnknownCause


class BreakerState(StrEnum):
    """Whether calls are made."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"
    """One call is under way; the others wait for what becomes of it."""


_LONGEST_PROBE_SECONDS: Final = 300.0
SAYS_IT_IS_DOWN: Final = frozenset(
    {
        UnknownCause.UNREACHABLE,
        UnknownCause.TIMED_OUT,
        UnknownCause.CONNECTION_BROKEN,
        UnknownCause.CREDENTIAL_REFUSED,
        UnknownCause.HOST_KEY_REFUSED,
        UnknownCause.UNEXPECTED_STATUS,
    }
)
"""Failures of the department as a whole. An answer that cannot be read is one, but may be about one submission only."""


@dataclass
class Breaker:
    """Counts failures in a row, and says whether to call. Not shared between processes; one event loop uses it."""

    rule: BreakerRule = field(default_factory=BreakerRule)
    clock: Callable[[], float] = time.monotonic
    heard: Callable[[], None] = lambda: None
    """Told of every change of state."""
    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    """In a row."""
    cause: UnknownCause | None = None
    """Of the last failure."""
    since: datetime | None = None
    """When it opened; kept while it probes in vain."""
    _probe_at: float = 0.0

    def admits(self) -> bool:
        """Whether the department may be called now. Who is let in to probe has to say what became of it."""
        if self.state is BreakerState.CLOSED:
            return True
        if self.clock() < self._probe_at:
            return False
        # A probe of which nothing is ever heard does not keep the department away for ever.
        self._probe_at = self.clock() + max(self.rule.probe_seconds, _LONGEST_PROBE_SECONDS)
        self._become(BreakerState.PROBING)
        return True

    def answered(self) -> None:
        """The department answered, whatever it said."""
        self.failures = 0
        if self.state is not BreakerState.CLOSED:
            self.since = None
            self._become(BreakerState.CLOSED)

    def failed(self, cause: UnknownCause) -> None:
        """There was no clear answer. What says nothing about the department as a whole opens nothing."""
        if cause is UnknownCause.BUSY_HERE:
            self.given_up()
            return
        if cause not in SAYS_IT_IS_DOWN:
            self.answered()
            return
        self.failures += 1
        self.cause = cause
        if self.state is BreakerState.PROBING or self.failures >= self.rule.after_failures:
            self._open()

    def given_up(self) -> None:
        """The call ended without a word of the department's: another may probe at once."""
        if self.state is BreakerState.PROBING:
            self._probe_at = self.clock()
            self._become(BreakerState.OPEN)

    def probes_in(self) -> timedelta:
        """How long until it is worth asking again; zero while it is closed.

        While a call probes this is not when the next may, which is the longest that nothing is heard of a probe: most
        are answered at once, and whoever stayed away for so long would find the department long back.
        """
        if self.state is BreakerState.CLOSED:
            return timedelta()
        left = max(self._probe_at - self.clock(), 0.0)
        return timedelta(seconds=min(left, self.rule.probe_seconds))

    def _open(self) -> None:
        self._probe_at = self.clock() + self.rule.probe_seconds
        if self.since is None:
            self.since = datetime.now(UTC)
        self._become(BreakerState.OPEN)

    def _become(self, state: BreakerState) -> None:
        changed, self.state = state is not self.state, state
        if changed:
            self.heard()
