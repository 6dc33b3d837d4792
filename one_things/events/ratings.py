"""What the applicant thought of it (好差评), said after the case has closed."""

from typing import Annotated, Literal

from pydantic import Field

from one_things.events.vocabulary import Channel, EventRecord
from one_things.sealed import Sealed

Grade = Annotated[int, Field(ge=1, le=5)]
"""1 very good, 2 good, 3 fair, 4 bad, 5 very bad (GB/T 39046-2020)."""
BAD: Grade = 4
"""From here on a rating is a bad one: somebody looks into it, and the applicant gets an answer."""


class CaseRated(EventRecord):
    """The applicant rated the case as a whole, or one item of it."""

    type: Literal["case_rated"] = "case_rated"
    item: str | None = None
    grade: Grade
    comment: Sealed | None = None
    channel: Channel


class RatingAnswered(EventRecord):
    """Somebody looked into a rating and answered the applicant."""

    type: Literal["rating_answered"] = "rating_answered"
    item: str | None = None
    operator: str
    answer: Sealed


RatingEvent = CaseRated | RatingAnswered
