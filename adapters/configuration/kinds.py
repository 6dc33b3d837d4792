"""The kinds of departments, and what has to and may be said of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How a department is reached."""

    HTTP_PUSH = "http-push"
    """Answers over HTTP and pushes its decisions to us."""
    HTTP_POLL = "http-poll"
    """Answers over HTTP; its decisions are fetched."""
    INSTANT = "instant"
    """Answers over HTTP, and every answer is its decision."""
    FILE_EXCHANGE = "file-exchange"
    """Batches of files in a folder, here or on a server, both ways."""
    WORKBENCH = "workbench"
    """No system: officers work on our pages."""


@dataclass(frozen=True)
class KindRule:
    """Which fields of an entry this kind needs, and which others have an effect on it."""

    needs: frozenset[str]
    allows: frozenset[str]

    @property
    def knows(self) -> frozenset[str]:
        """Every field that means something for this kind."""
        return self.needs | self.allows | _ALWAYS


_ALWAYS: Final = frozenset({"title", "kind"})
_CALLED: Final = frozenset(
    {"contract", "codes", "time_outs", "limits", "retries", "breaker", "maintenance", "sources", "keys"}
)

KIND_RULES: Final[Mapping[Kind, KindRule]] = {
    Kind.HTTP_PUSH: KindRule(needs=frozenset({"url", "token", "keys"}), allows=_CALLED | {"calendar"}),
    Kind.HTTP_POLL: KindRule(needs=frozenset({"url", "token", "keys"}), allows=_CALLED | {"calendar", "polling"}),
    Kind.INSTANT: KindRule(needs=frozenset({"url", "token"}), allows=_CALLED),
    Kind.FILE_EXCHANGE: KindRule(
        needs=frozenset({"folder", "keys"}),
        allows=frozenset({"calendar", "codes", "polling", "maintenance", "sftp", "time_outs"}),
    ),
    Kind.WORKBENCH: KindRule(needs=frozenset(), allows=frozenset({"calendar"})),
}
