"""The applicant gives and revokes mandates."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from one_things import events as e
from one_things.model import Record
from one_things.text import Word


class GiveMandate(Record):
    """Let ``agent`` act for the applicant until ``ends_at``."""

    agent: Word
    scope: Annotated[tuple[e.MandateScope, ...], Field(min_length=1)]
    ends_at: datetime
    channel: e.Channel


class RevokeMandate(Record):
    """Take the mandate of ``agent`` back."""

    agent: Word
    channel: e.Channel


MandateCommand = GiveMandate | RevokeMandate
