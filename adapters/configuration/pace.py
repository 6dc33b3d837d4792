"""How fast, how often and how patiently a department is called."""

from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from adapters.configuration.values import Count, Seconds
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_words import mistake


class TimeOuts(Record):
    """After how many seconds a call is given up; its outcome is then not known.

    A first try ends after three seconds in any case; the patient ones that follow it (`workflows/calling.py`) leave
    the department as long as is said here. Who needs longer answers 202.
    """

    connect_seconds: Annotated[float, Strict(), Field(gt=0, le=4)] = 2.0
    answer_seconds: Annotated[float, Strict(), Field(gt=0, le=10)] | None = None
    """For the answer, once connected. None: `ONETHING_DEPARTMENT_TIMEOUT_SECONDS` for a call, ten seconds in all for a
    page of decisions that are fetched, and ten for each step on an SFTP server."""


class Limits(Record):
    """What the department bears, over all workers together; None: no such limit."""

    concurrency: Count | None = None
    """At most so many calls at once."""
    per_second: Annotated[float, Strict(), Field(gt=0, le=1000)] | None = None
    """At most so many calls begin in a second, on average."""

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.concurrency is None and self.per_second is None:
            raise mistake(
                "limits-nothing",
                Text(zh="没有写明任何限制。", en="it states no limit."),
                Text(zh="请写 concurrency 或 per_second，或删去 limits。", en="State concurrency or per_second."),
            )
        return self


class Retries(Record):
    """When a call whose outcome is not known is tried again: after ``first_seconds``, then longer by ``factor``."""

    first_seconds: Seconds = 0.5
    factor: Annotated[float, Strict(), Field(ge=1, le=10)] = 1.6
    longest_seconds: Seconds = 300.0

    @model_validator(mode="after")
    def _grows(self) -> Self:
        _longest_is_not_shorter("first_seconds", self.first_seconds, self.longest_seconds)
        return self


class Breaker(Record):
    """After so many failures in a row the department is left alone, and probed with one call every so many seconds."""

    after_failures: Annotated[int, Strict(), Field(ge=1, le=1000)] = 5
    probe_seconds: Seconds = 30.0


class Polling(Record):
    """How often decisions are fetched; a source that is down is asked less and less, up to ``longest_seconds``."""

    every_seconds: Seconds = 30.0
    jitter_seconds: Annotated[float, Strict(), Field(ge=0, le=3600)] = 5.0
    """Drawn anew each time, so that gateways and departments do not march in step."""
    longest_seconds: Seconds = 600.0
    page: Count = 500
    """Entries per call."""

    @model_validator(mode="after")
    def _grows(self) -> Self:
        _longest_is_not_shorter("every_seconds", self.every_seconds, self.longest_seconds)
        return self


class SourceRule(Record):
    """What holds for a dataset or a type of licence that the department serves."""

    fresh_for_seconds: Annotated[int, Strict(), Field(ge=0, le=31 * 86_400)] = 0
    """For so long what it said may be used again for the same purpose; 0: it is asked each time."""


def _longest_is_not_shorter(name: str, shortest: float, longest: float) -> None:
    if longest < shortest:
        raise mistake(
            "longest-shorter",
            Text(zh=f"longest_seconds 短于 {name}。", en=f"longest_seconds is shorter than {name}."),
            Text(zh="请改大 longest_seconds。", en="Make longest_seconds larger."),
        )
