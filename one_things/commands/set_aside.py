"""Keeping what a department said and the case could not count."""

from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Word


class SetAside(Record):
    """A decision, an act or a signature of a department was refused under ``code``, and leaves its trace."""

    department: str
    item: str
    attempt: int
    decision_id: Word
    said: Word
    code: Word
    reason: Sealed | None = None
    """What the department gave as its reason, for the operator who is told of a contradiction."""
    party: str | None = None
    """For whom an institution signed or refused to; None for whatever else was said."""
