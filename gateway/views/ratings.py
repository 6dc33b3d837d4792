"""Ratings as people see them."""

from datetime import datetime

from gateway.texts import text
from one_things import events as e
from one_things.model import Record
from one_things.plan import Plan
from one_things.text import Text


class RatingView(Record):
    """A rating that was given, with its answer."""

    item: str | None
    """None for the case as a whole."""
    title: Text
    grade: int
    grade_text: Text
    comment: str | None
    rated_at: datetime
    answer: str | None
    answered_at: datetime | None
    awaits_answer: bool


class Rateable(Record):
    """Something that may still be rated."""

    item: str | None
    title: Text


class RatingsView(Record):
    """What was rated, and what may be until ``until``."""

    until: datetime
    given: tuple[RatingView, ...]
    open: tuple[Rateable, ...]


def rated_values(plan: Plan, event: e.CaseRated | e.RatingAnswered) -> dict[str, Text]:
    """What the sentence about a rating says: of what it is, and how good."""
    subject = text("rating.whole_case") if event.item is None else plan.item(event.item).title
    return {"subject": subject} | (
        {"grade": text(f"rating.grade_{event.grade}")} if isinstance(event, e.CaseRated) else {}
    )
