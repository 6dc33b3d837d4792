"""What the gateway expects of a source of decisions; adapters have the real ones, the runtime hands them in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol


class Pace(Protocol):
    """How often a source is asked, in seconds."""

    @property
    def every_seconds(self) -> float:
        """From one look to the next."""

    @property
    def jitter_seconds(self) -> float:
        """At most so much is added, drawn anew each time."""

    @property
    def longest_seconds(self) -> float:
        """The longest pause while it is away."""


class Entry(Protocol):
    """A decision or an act as it was collected."""

    @property
    def cursor(self) -> str:
        """The position behind it."""

    @property
    def door(self) -> str:
        """``decisions`` or ``acts``; empty for what is no case's business."""

    @property
    def body(self) -> bytes:
        """What it says."""

    @property
    def refused(self) -> str:
        """The code of what is wrong with it; empty where its origin is proved."""

    @property
    def named(self) -> str:
        """The file that it came in."""


class Page(Protocol):
    """Entries in order."""

    @property
    def entries(self) -> Sequence[Entry]:
        """None where ``away`` says why."""

    @property
    def more(self) -> bool:
        """There is another page at once."""

    @property
    def away(self) -> str:
        """Why nothing could be had."""

    @property
    def gap(self) -> str:
        """What is missing before these entries."""


class DecisionSource(Protocol):
    """One department whose decisions are collected; what it does never raises."""

    @property
    def polling(self) -> Pace:
        """How often."""

    def rests_until(self, now: datetime) -> datetime | None:
        """Until when it is in maintenance, if it is."""

    async def collect(self, after: str) -> Page:
        """What lies behind this position; '' is the beginning."""

    # Each source settles the pages that it gave itself: no type that all could share says so.
    async def settle(self, page: Any) -> None:
        """Every entry of the page was handed over or recorded."""
