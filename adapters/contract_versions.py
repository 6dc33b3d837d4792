"""The versions of the contract, and what differs between them on the wire.

Version 1: submissions are bare JSON, and nothing says which version is spoken. Version 2: every request names it in
``Onething-Contract`` and every answer names it too, so that no proxy and no other system is taken for the department; a
submission is the data of a CloudEvent 1.0, which a department's message bus can route without opening it.
"""

from typing import Final, Literal

from pydantic import AwareDatetime

from adapters.port import Submission
from one_things.model import Record

HEADER: Final = "Onething-Contract"
FIRST: Final = 1
NAMED_IN_HEADER: Final = 2
"""From this version on."""
JSON: Final = "application/json"
CLOUD_EVENT: Final = "application/cloudevents+json"
_ORIGIN_LENGTH: Final = 3


class SubmissionEvent(Record):
    """A submission as a CloudEvent 1.0, in the structured mode."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    """The submission's key: the same event again is the same submission."""
    source: str
    """The platform's address."""
    type: Literal["cn.onething.submission"] = "cn.onething.submission"
    subject: str
    """The case number and the item."""
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: Submission


def in_envelope(submission: Submission) -> SubmissionEvent:
    """The submission as version 2 sends it; always the same for the same submission."""
    return SubmissionEvent(
        id=submission.key,
        source="/".join(submission.callback_url.split("/")[:_ORIGIN_LENGTH]),
        subject=f"{submission.case_no}/{submission.item}",
        time=submission.requested_at,
        data=submission,
    )


def written(submission: Submission, version: int) -> tuple[bytes, str]:
    """The body of a submission and its media type."""
    if version < NAMED_IN_HEADER:
        return submission.model_dump_json().encode(), JSON
    return in_envelope(submission).model_dump_json().encode(), CLOUD_EVENT


def headers_of(version: int) -> dict[str, str]:
    """What every request of this version says."""
    return {HEADER: str(version)} if version >= NAMED_IN_HEADER else {}


def is_answered_in(version: int, stated: str | None) -> bool:
    """Whether an answer that states this is one in this version."""
    return version < NAMED_IN_HEADER or stated == str(version)
