"""A mandate as people read it."""

from datetime import date
from typing import Any

from gateway.views.moments import day_text, last_day
from one_things import events as e
from one_things.events import MandateScope
from one_things.model import Record
from one_things.text import Text


class MandateView(Record):
    """Who may do what for the applicant, and until when."""

    agent: str
    scope: tuple[MandateScope, ...]
    scope_texts: tuple[Text, ...]
    last_day: date
    revoked: bool
    holds: bool
    """Neither revoked nor ended."""


def mandate_words(event: e.Event) -> tuple[str, dict[str, Any]] | None:
    """The text about a mandate and its values; None for every other event."""
    if isinstance(event, e.MandateGiven):
        return event.type, {"date": day_text(last_day(event.ends_at))}
    return (event.type, {}) if isinstance(event, e.MandateRevoked) else None
