"""How urgent a call is beside the others that wait for the same department (ADR 0031)."""

from enum import IntEnum


class Haste(IntEnum):
    """The values are Temporal's priority keys: of what waits, the lowest goes first."""

    SOONER = 2
    """A person has acted and waits, a case gives back what it holds, or a joint limit is about to be missed."""
    USUAL = 3
    """Temporal's own default, which everything had that was begun before there was a haste."""
    LATER = 4
    """Nobody waits for it: a report."""
