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


class CorrectionAnswered(ItemEvent):
    """The applicant answered; the item is submitted again as the next attempt."""

    type: Literal["correction_answered"] = "correction_answered"
    form: Sealed
    channel: Channel


CorrectionEvent = CorrectionRequested | CorrectionAnswered
