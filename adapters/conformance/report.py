"""What came of a run: readable by a manager, by an engineer and by a program."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from one_things.model import Record
from one_things.text import Text


class State(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_TRIED = "not-tried"


class CheckResult(Record):
    """One check: what was done, what was expected, what came, and how to mend it."""

    check: str
    title: Text
    expected: Text
    state: State
    seconds: float = 0.0
    done: tuple[str, ...] = ()
    """The calls, one line each."""
    came: str = ""
    fault: str = ""
    """Its name: stable, for tickets and for programs."""
    fault_title: Text | None = None
    mend: Text | None = None
    read: str = ""
    """Where the contract says it."""
    why: Text | None = None
    """Why it was not tried."""


class Report(Record):
    """All of a run."""

    department: str
    url: str
    began_at: float
    """Unix seconds."""
    seconds: float
    checks: tuple[CheckResult, ...]

    @property
    def faults(self) -> tuple[CheckResult, ...]:
        """The checks that failed."""
        return tuple(one for one in self.checks if one.state is State.FAILED)

    @property
    def passed(self) -> int:
        """How many were passed."""
        return sum(one.state is State.PASSED for one in self.checks)

    @property
    def began(self) -> str:
        """When it began, for a person."""
        return f"{datetime.fromtimestamp(self.began_at, UTC):%Y-%m-%d %H:%M} UTC"


def html(report: Report, language: str) -> str:
    """The report as one page without anything from elsewhere; ``language`` is zh or en."""
    return _page().render(report=report, language=language)


@cache
def _page() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html")
