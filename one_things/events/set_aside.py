"""What a department said and the case could not count: kept, so that nobody has to guess later who said what."""

from enum import StrEnum
from typing import Literal

from one_things.events.vocabulary import EventRecord
from one_things.text import Word


class WhySetAside(StrEnum):
    """Why a decision or an act does not count; each is a row of ``docs/departments.md``."""

    CONTRADICTING = "contradicting"
    """The department decided otherwise before: an operator is told."""
    DECIDED = "decided"
    """The item is decided already."""
    WRONG_ATTEMPT = "wrong_attempt"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    """The case has stopped, and the item is or was taken back."""
    CASE_CLOSED = "case_closed"
    WRONG_DEPARTMENT = "wrong_department"
    WRONG_ITEM = "wrong_item"
    """The case has no such item."""
    NOT_AWAITED = "not_awaited"
    """The item does not lie with the department, or nobody may decide it this way."""
    RESULT_MISSING = "result_missing"
    WRONG_MONEY = "wrong_money"
    NOT_ALLOWED = "not_allowed"
    """A rule forbids it now, such as a second correction notice; ``code`` says which."""


class SetAsideEvent(EventRecord):
    """Not of an item: a department may write a name there that the case does not know."""

    department: Word
    item: Word
    """As the department wrote it."""


class DecisionSetAside(SetAsideEvent):
    """A department's decision or act that does not count; nothing else of it is kept."""

    type: Literal["decision_set_aside"] = "decision_set_aside"
    attempt: int
    decision_id: Word
    """The department's own id of it, or of the act."""
    said: Word
    """The verdict, or which act it was."""
    why: WhySetAside
    code: Word
    """What the department was told."""


class MoreSetAside(SetAsideEvent):
    """More of the same department about the same item does not count either and leaves no further trace."""

    type: Literal["more_set_aside"] = "more_set_aside"


SetAsideEvents = DecisionSetAside | MoreSetAside
