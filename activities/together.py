"""Submitting several items at once: what goes in, and for each item its own answer, or why there is none."""

from collections.abc import Sequence
from enum import StrEnum

from activities.models import SubmitRequest
from one_things.commands import Reply
from one_things.model import Record
from one_things.sealed import Sealed


class Unanswered(StrEnum):
    """Why there is no answer about one of several items."""

    NO_ANSWER = "no-answer"
    """The department gave no clear one in time."""
    BUSY_HERE = "busy-here"
    """It was not called: it bears no more calls, is in maintenance, or our connections to it were taken."""
    FAILED_HERE = "failed-here"
    """A step of ours failed, before or after the call."""
    NOT_IN_COMPANY = "not-in-company"
    """It was not called: it took long for its last answer, and others would wait for it."""


class SubmitTogetherRequest(Record):
    """Submit several items of one case, side by side. What is sealed for all of them stands here once."""

    submissions: tuple[SubmitRequest, ...]
    """Their sealed fields without the common ones, which come behind them."""
    common_fields: tuple[Sealed, ...]

    @classmethod
    def of(cls, requests: Sequence[SubmitRequest]) -> "SubmitTogetherRequest":
        """The request that ``each`` takes apart again."""
        common = _common_end([request.sealed_fields for request in requests])
        own = tuple(
            request.model_copy(update={"sealed_fields": request.sealed_fields[: -len(common) or None]})
            for request in requests
        )
        return cls(submissions=own, common_fields=common)

    @property
    def each(self) -> tuple[SubmitRequest, ...]:
        """The submissions as they would be made one by one."""
        return tuple(
            submission.model_copy(update={"sealed_fields": (*submission.sealed_fields, *self.common_fields)})
            for submission in self.submissions
        )


class TogetherReply(Record):
    """What became of one of the items."""

    reply: Reply | None = None
    unanswered: Unanswered | None = None


class SubmitTogetherReply(Record):
    """What became of each item, in the order of the request."""

    replies: tuple[TogetherReply, ...]


def _common_end(sequences: Sequence[tuple[Sealed, ...]]) -> tuple[Sealed, ...]:
    length = 0
    for ends in zip(*(reversed(one) for one in sequences), strict=False):
        if any(end != ends[0] for end in ends):
            break
        length += 1
    return sequences[0][len(sequences[0]) - length :]
