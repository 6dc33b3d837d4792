"""What all acts of departments have in common. ``act_id`` is the department's own; a repeat carries the same."""

from one_things.model import Record
from one_things.text import Word


class ActOfDepartment(Record):
    """An act about one attempt at one item."""

    act_id: Word
    department: str
    item: str
    attempt: int
    officer: Word | None = None
    """Who did it on the workbench; None where the department's own system said so."""
