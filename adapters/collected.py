"""What is fetched from a department that sends nothing: its decisions and acts, page by page, each with its proof.

A source never raises for what a department does: a page that cannot be had says why, an entry that proves nothing says
so and leaves those behind it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from adapters.configuration.pace import Polling


class Door(StrEnum):
    """Where an entry would have been sent by a department that pushes: the last part of the path."""

    DECISIONS = "decisions"
    ACTS = "acts"


@dataclass(frozen=True)
class CollectedEntry:
    """One decision or act. ``cursor`` is the position behind it."""

    cursor: str
    door: str
    body: bytes
    refused: str = ""
    """The code of what is wrong with it; empty where its origin is proved."""
    named: str = ""
    """The file that it came in."""


@dataclass(frozen=True)
class CollectedPage:
    """Entries in order. ``away`` is the cause where none could be had, and then there are none."""

    entries: Sequence[CollectedEntry] = ()
    more: bool = False
    """There is another page at once."""
    away: str = ""
    gap: str = ""
    """What is missing before these entries, where they are numbered."""


class DecisionSource(Protocol):
    """One department whose decisions are fetched. Every call may be repeated."""

    @property
    def polling(self) -> Polling:
        """How often."""

    def rests_until(self, now: datetime) -> datetime | None:
        """Until when it is in maintenance, if it is."""

    async def collect(self, after: str) -> CollectedPage:
        """What lies behind this position; '' is the beginning."""

    async def settle(self, page: CollectedPage) -> None:
        """Every entry of the page was handed over or recorded as refused."""
