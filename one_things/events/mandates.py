"""Mandates (帮办代办): who may act for the applicant, in what, and until when."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from one_things.events.vocabulary import Channel, EventRecord
from one_things.text import Word


class MandateScope(StrEnum):
    """What an agent may do. Taking back, signing, confirming and rating are decisions: they stay with the applicant."""

    FOLLOW = "follow"
    CORRECT = "correct"
    HAND_IN = "hand_in"
    REST = "rest"


class MandateGiven(EventRecord):
    """The applicant lets ``agent`` (an opaque account) act; a later mandate of the same agent takes the place."""

    type: Literal["mandate_given"] = "mandate_given"
    agent: Word
    scope: Annotated[tuple[MandateScope, ...], Field(min_length=1)]
    ends_at: datetime
    channel: Channel


class MandateRevoked(EventRecord):
    """The applicant takes the mandate back."""

    type: Literal["mandate_revoked"] = "mandate_revoked"
    agent: Word
    channel: Channel


MandateEvent = MandateGiven | MandateRevoked
