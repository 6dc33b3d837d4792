"""Ratings (好差评) and the answers to them, after the case has closed."""

from one_things import events as e
from one_things.model import Record
from one_things.sealed import Sealed


class Rate(Record):
    """The applicant rates the case, or one item of it."""

    item: str | None = None
    grade: e.Grade
    comment: Sealed | None = None
    channel: e.Channel


class AnswerRating(Record):
    """An operator answers a rating."""

    item: str | None = None
    operator: str
    answer: Sealed


RatingCommand = Rate | AnswerRating
