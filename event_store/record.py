"""What goes into the record and what comes out of it."""

import re
from typing import NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_POSITION = re.compile(r"^(\d+)-(\d+)$")


class Position(NamedTuple):
    """A place in the order in which the whole record may be followed: first by transaction, then within it.

    Sequence numbers alone are taken before they commit, so a cursor over them skips whatever commits late.
    Its text, ``<transaction>-<ordinal>``, is what a browser sends back as ``Last-Event-ID``.
    """

    transaction: int
    ordinal: int

    def __str__(self) -> str:
        return f"{self.transaction}-{self.ordinal}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The position that ``text`` names. Raises ValueError for anything else."""
        match = _POSITION.match(text)
        if match is None:
            raise ValueError("a position reads <transaction>-<ordinal>")
        return cls(int(match[1]), int(match[2]))


BEGINNING = Position(0, 0)
"""Before the first event."""

GENESIS = b""
"""What the first event of a case has as its previous hash."""


_EVENT_IDS = UUID("8f0f6c43-5a4e-5a0e-9d7f-3c1c0a5b7e11")


def event_id(case_no: str, version: int) -> UUID:
    """The one id that the event of this case and version can have."""
    return uuid5(_EVENT_IDS, f"{case_no}/{version}")


class NewEvent(BaseModel):
    """An event to be appended. ``data`` is JSON, stored and hashed exactly as it stands.

    JSON that holds NUL is refused: PostgreSQL would store it and never again look into it, and the read models of all
    cases would stop at it. So only the case that made such an event stands still.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: UUID
    type: str = Field(min_length=1)
    occurred_at: AwareDatetime
    data: str = Field(min_length=2)

    @field_validator("data")
    @classmethod
    def _can_be_looked_into(cls, data: str) -> str:
        if "\0" in data or ("\\u0000" in data and _ESCAPED_NUL.search(data)):
            raise ValueError("the record keeps no NUL character")
        return data


class Recorded(BaseModel):
    """An event as the record holds it. ``occurred_at`` is in UTC, to the microsecond."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position: Position
    case_no: str
    version: int
    event_id: UUID
    type: str
    occurred_at: AwareDatetime
    data: str
    suite: str
    previous_hash: bytes
    hash: bytes
