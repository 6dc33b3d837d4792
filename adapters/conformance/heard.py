"""What a department says by itself, however it reaches us: by calling, or in a list that is fetched."""

from dataclasses import dataclass
from typing import Any, Protocol

from pydantic_core import from_json


@dataclass(frozen=True)
class Heard:
    """One decision, act or fetch. ``refused`` is the code of what its signature does not prove, or empty."""

    kind: str
    """decisions, acts or materials."""
    path: str
    """Where it was sent, or would have been."""
    raw: bytes
    at: float
    """Of the monotonic clock."""
    answered: int
    """0 for what was fetched."""
    refused: str
    why: str
    cursor: str = ""
    """Its position, where it was fetched."""

    @property
    def body(self) -> dict[str, Any]:
        """What it says; empty when that cannot be read."""
        try:
            said = from_json(self.raw)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def named(self, name: str) -> str:
        """One of its fields, as text."""
        return str(self.body.get(name, ""))


class Decisions(Protocol):
    """Where the decisions of the department that is checked are heard."""

    def of(self, case_no: str) -> list[Heard]:
        """Decisions about a case."""

    async def wait_for(self, case_no: str, count: int, seconds: float) -> list[Heard]:
        """Decisions about a case: as soon as they are so many, else what there is after so many seconds."""
