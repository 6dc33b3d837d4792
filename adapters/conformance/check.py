"""What a check is, and how it ends: silently when the department kept to the contract, else with a named fault."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from one_things.model import Record
from one_things.text import Text

if TYPE_CHECKING:
    from adapters.conformance.platform import Platform

CONTRACT_PAGE: Final = "docs/connecting-a-department.md"
_WORDS: Final = Path(__file__).with_name("words.yaml")


class CheckWords(Record):
    """A check as a person reads it."""

    title: Text
    expected: Text


class FaultWords(Record):
    """A fault as a person reads it."""

    title: Text
    mend: Text
    section: str
    """Of the page of the contract."""


class Words(Record):
    """Every word of the report that is not evidence."""

    checks: dict[str, CheckWords]
    faults: dict[str, FaultWords]
    not_tried: dict[str, Text]


@cache
def words() -> Words:
    """The words, read once."""
    return Words.model_validate(yaml.safe_load(_WORDS.read_text(encoding="utf-8")))


class FaultFound(Exception):
    """The department broke the contract: ``fault`` is its name in words.yaml, ``came`` the evidence."""

    code = "contract-broken"

    def __init__(self, fault: str, came: str) -> None:
        super().__init__(f"{fault}: {came}")
        self.fault = fault
        self.came = came


class NotTried(Exception):
    """The check does not apply to this department; ``reason`` is a name in words.yaml."""

    code = "not-tried"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Run = Callable[["Platform"], Awaitable[None]]


@dataclass(frozen=True)
class Check:
    """One rule of the contract."""

    name: str
    run: Run
    is_first: bool = False
    """When it fails, nothing after it would say anything more."""


def check(name: str, *, is_first: bool = False) -> Callable[[Run], Check]:
    """The function is the check of this name. Raises KeyError when words.yaml does not know the name."""
    assert words().checks[name]

    def made(run: Run) -> Check:
        return Check(name, run, is_first)

    return made
