"""Correction notices and their answers."""

from typing import Literal

from one_things.events.vocabulary import Channel, ItemEvent
from one_things.sealed import Sealed
from one_things.text import Word


class CorrectionRequested(ItemEvent):
    """The department asks for corrections (补正告知), all points at once."""

    type: Literal["correction_requested"] = "correction_requested"
    attempt: int
    decision_id: Word
    points: Sealed
    asks: tuple[str, ...] | None = None
    """The fields and materials of the item that the points name; None when a point names none: all may be changed."""


class CorrectionHeldBack(ItemEvent):
    """The department answered a submission with a second notice: an operator looks at it first."""

    type: Literal["correction_held_back"] = "correction_held_back"
    attempt: int
    decision_id: Word
    points: Sealed
    asks: tuple[str, ...] | None = None


class CorrectionPermitted(ItemEvent):
    """An operator lets the department ask once more, and says why."""

    type: Literal["correction_permitted"] = "correction_permitted"
    operator: str
    reason: Sealed


class CorrectionAnswered(ItemEvent):
    """The applicant answered; the item is submitted again as the next attempt. What is not named here stays."""

    type: Literal["correction_answered"] = "correction_answered"
    form: Sealed
    materials: dict[str, str] = {}
    """Material → the digest of its new content, which takes the place of the old one."""
    channel: Channel


CorrectionEvent = CorrectionRequested | CorrectionHeldBack | CorrectionPermitted | CorrectionAnswered
