"""What a department does to its item on the way to a decision: special procedures, an extension."""

from typing import Literal

from one_things.events.vocabulary import ItemEvent
from one_things.sealed import Sealed
from one_things.text import Word


class SpecialProcedureBegan(ItemEvent):
    """A special procedure began (特殊环节): the clock stands, and the applicant is told how long (行政许可法 45)."""

    type: Literal["special_procedure_began"] = "special_procedure_began"
    attempt: int
    act_id: Word
    procedure: str
    working_days: int
    """Its promised time; the date follows as soon as it is reckoned."""


class SpecialProcedureEnded(ItemEvent):
    """The special procedure ended: the clock runs on with the next working day."""

    type: Literal["special_procedure_ended"] = "special_procedure_ended"
    attempt: int
    act_id: Word
    procedure: str


class LimitExtended(ItemEvent):
    """The limit was extended once, with a leader's approval; the applicant is told the reason (行政许可法 42)."""

    type: Literal["limit_extended"] = "limit_extended"
    attempt: int
    act_id: Word
    working_days: int
    approver: Sealed
    """The official who approved it."""
    reason: Sealed


ActEvent = SpecialProcedureBegan | SpecialProcedureEnded | LimitExtended
