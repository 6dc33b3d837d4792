"""What this process knows of each department beside how to reach it, over every reload of its entry: its breaker, and
whether it answers promptly."""

from collections.abc import Callable, Iterator
from functools import partial

from adapters.breaker import Breaker
from adapters.configuration.pace import Breaker as BreakerRule
from adapters.port import UnknownCause
from adapters.watched import LONG_SECONDS

Changed = Callable[[str, Breaker], None]
Called = Callable[[str, UnknownCause | None], None]


class Breakers:
    """One breaker per department. ``changed`` hears when a state changes, ``called`` of every call that was made."""

    def __init__(self, changed: Changed = lambda *_: None, called: Called = lambda *_: None) -> None:
        self._breakers: dict[str, Breaker] = {}
        self._changed = changed
        self.called = called

    def of(self, department: str, rule: BreakerRule) -> Breaker:
        """The department's breaker, by the rule in force."""
        breaker = self._breakers.get(department)
        if breaker is None:
            breaker = self._breakers[department] = Breaker(rule)
            breaker.heard = partial(self._changed, department, breaker)
            breaker.heard()
        breaker.rule = rule
        return breaker

    def __iter__(self) -> Iterator[tuple[str, Breaker]]:
        return iter(list(self._breakers.items()))


class Promptness:
    """How long each department took for the last submission that ended, whatever came of it."""

    def __init__(self) -> None:
        self._took: dict[str, float] = {}

    def took(self, department: str, seconds: float) -> None:
        """A submission has ended or was given up."""
        self._took[department] = seconds

    def is_slow(self, department: str) -> bool:
        """Whether others had better not wait for it. Where nothing was submitted yet it is not."""
        return self._took.get(department, 0.0) > LONG_SECONDS
