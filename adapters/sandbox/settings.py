"""What the sandbox city is told at its start; all durations in seconds."""

from collections.abc import Iterable

from pydantic import BaseModel, Field, SecretStr

from one_things.definition import Bundle, ItemResult

IN_MEMORY = ":memory:"
"""Remember nothing beyond the process: for benchmarks."""


class KnownItem(BaseModel, frozen=True):
    """What the sandbox knows of an item beforehand: what to issue, whether it is a notice, what may stop its clock."""

    department: str
    item: str
    results: tuple[ItemResult, ...] = ()
    notice: bool = False
    procedures: tuple[str, ...] = ()
    """The special procedures that it declares."""


class SandboxSettings(BaseModel, frozen=True):
    """Settings of the city. Two cities with the same settings answer alike."""

    database: str = IN_MEMORY
    """Path of the SQLite file, or ``:memory:``."""
    seed: int = 1
    control_token: SecretStr
    credentials: dict[str, SecretStr] = Field(min_length=1)
    """The departments that are served, and the bearer credential that each accepts."""
    bundles: tuple[Bundle, ...] = ()
    """The bundles in force: what their items leave behind, and which data they look up."""
    items: tuple[KnownItem, ...] = ()
    """Items known besides those of the bundles."""
    decision_seconds: float = Field(default=0.3, ge=0)
    """About how long a decision takes by default; each differs a little, by the seed."""
    late_seconds: float = Field(default=30.0, ge=0)
    repeat_first_seconds: float = Field(default=0.5, gt=0)
    """After how long an unanswered callback is repeated; twice as long after each further try."""
    repeat_longest_seconds: float = Field(default=30.0, gt=0)
    callbacks_at_once: int = Field(default=32, ge=1)
    callback_answer_seconds: float = Field(default=10.0, gt=0)

    @property
    def known_items(self) -> tuple[KnownItem, ...]:
        """All items that are known."""
        return (*self.items, *items_of(self.bundles))


def items_of(bundles: Iterable[Bundle]) -> tuple[KnownItem, ...]:
    """All items of these bundles."""
    return tuple(
        KnownItem(
            department=item.department,
            item=item.id,
            results=item.results,
            notice=item.notice is not None,
            procedures=tuple(procedure.id for procedure in item.procedures),
        )
        for bundle in bundles
        for item in bundle.items
    )
