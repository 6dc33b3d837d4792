"""What this process knows of each department beside how to reach it: its breaker, over every reload of its entry."""

from collections.abc import Callable, Iterator
from functools import partial

from adapters.breaker import Breaker
from adapters.configuration.pace import Breaker as BreakerRule
from adapters.port import UnknownCause

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
