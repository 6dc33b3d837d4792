"""Which round of the demonstration a city is in: a round's keys give the same cases until all of them have ended."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    round: int = Field(default=1, ge=1)


class Rounds:
    """The number of the present round, kept in a small file of the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / "demo.json"

    @property
    def present(self) -> int:
        """The number of the round, from 1."""
        try:
            return _Kept.model_validate_json(self._file.read_bytes()).round
        except (FileNotFoundError, ValidationError):
            return 1

    def next(self) -> int:
        """Begin the next round and return its number."""
        number = self.present + 1
        fresh = self._file.with_suffix(".new")
        fresh.write_text(_Kept(round=number).model_dump_json())
        os.replace(fresh, self._file)
        return number

    def key(self, company: str) -> str:
        """The idempotency key of a company's application in this round."""
        return f"demo-{self.present}-{company}"
