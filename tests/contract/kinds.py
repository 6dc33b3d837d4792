"""The kinds of departments that the contract suite runs over; one more kind is one more line in `KINDS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

_Test = TypeVar("_Test", bound=Callable[..., Any])


class Can(StrEnum):
    """What not every kind can do."""

    ANSWER_AT_ONCE = "decide in the answer"
    DECIDE_LATER = "take, and decide later"
    CALL_BACK = "push its decision"
    BE_LOOKED_UP = "say what it holds"


@dataclass(frozen=True)
class KindUnderTest:
    """A kind by its name, with what its entry says beside address and token, and what is not tested with it."""

    name: str
    entry: Mapping[str, Any] = field(default_factory=dict)
    cannot: frozenset[Can] = frozenset()

    def is_for(self, test: Callable[..., Any]) -> bool:
        """Whether the test asks for nothing that this kind cannot do."""
        return not self.cannot & getattr(test, "needs", frozenset())


KINDS = (
    KindUnderTest("http push"),
    KindUnderTest("http push, version 2", {"contract": 2}),
    KindUnderTest("instant", {"kind": "instant"}, frozenset({Can.DECIDE_LATER, Can.CALL_BACK})),
    KindUnderTest("http poll", {"kind": "http-poll"}),
)


def needs(*can: Can) -> Callable[[_Test], _Test]:
    """The test is run with the kinds alone that can do this."""

    def mark(test: _Test) -> _Test:
        test.needs = frozenset(can)  # type: ignore[attr-defined]
        return test

    return mark
