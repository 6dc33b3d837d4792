"""What the sandbox city is told at its start; all durations in seconds."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from adapters.sandbox.departments import DEPARTMENTS
from one_things.definition import Bundle, ItemResult

IN_MEMORY = ":memory:"
"""Remember nothing beyond the process: for benchmarks."""


class KnownItem(BaseModel, frozen=True):
    """What the sandbox knows of an item beforehand: what to issue for it, and whether it only runs a public notice."""

    department: str
    item: str
    results: tuple[ItemResult, ...] = ()
    notice: bool = False


class SandboxSettings(BaseModel, frozen=True):
    """Settings of the city. Two cities with the same settings answer alike."""

    database: str = IN_MEMORY
    """Path of the SQLite file, or ``:memory:``."""
    seed: int = 1
    control_token: SecretStr
    credentials: dict[str, SecretStr]
    """The bearer credential that each of the nine departments accepts."""
    items: tuple[KnownItem, ...] = ()
    decision_seconds: float = Field(default=0.3, ge=0)
    """About how long a decision takes by default; each differs a little, by the seed."""
    late_seconds: float = Field(default=30.0, ge=0)
    repeat_first_seconds: float = Field(default=0.5, gt=0)
    """After how long an unanswered callback is repeated; twice as long after each further try."""
    repeat_longest_seconds: float = Field(default=30.0, gt=0)
    callbacks_at_once: int = Field(default=32, ge=1)
    callback_answer_seconds: float = Field(default=10.0, gt=0)

    @model_validator(mode="after")
    def _every_department_has_a_credential(self) -> Self:
        without = [code for code in DEPARTMENTS if code not in self.credentials]
        if without:
            raise ValueError(f"no credential for {', '.join(without)}")
        return self


def items_of(bundles: Iterable[Bundle]) -> tuple[KnownItem, ...]:
    """All items of these bundles that a department of the sandbox decides."""
    return tuple(
        KnownItem(department=item.department, item=item.id, results=item.results, notice=item.notice is not None)
        for bundle in bundles
        for item in bundle.items
        if item.department in DEPARTMENTS
    )
