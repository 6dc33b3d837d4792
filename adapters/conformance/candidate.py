"""The department that is checked: where it is, what was promised about it, and what it serves beside the core."""

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue, SecretStr

from adapters.configuration.entry import NEWEST_CONTRACT
from adapters.configuration.kinds import Kind
from security.signing_keys import VerificationKey


class Serves(StrEnum):
    """What not every department needs to serve; the check of it is run where it is said to."""

    DEFERRED = "deferred"
    """Materials that follow."""
    PAYMENTS = "payments"
    REPORTS = "reports"
    """What became of promises."""


@dataclass(frozen=True)
class SourceToLookUp:
    """A dataset or a type of licence, and a subject that the department holds something about."""

    name: str
    subject: dict[str, str]


@dataclass(frozen=True)
class Candidate:
    """What the kit is told. Durations in seconds."""

    url: str
    department: str
    token: SecretStr
    key: VerificationKey | None = None
    """With which its decisions are proved; None: it decides at once and tells nothing afterwards."""
    kind: Kind = Kind.HTTP_PUSH
    """HTTP_POLL: its decisions are fetched."""
    contract: int = NEWEST_CONTRACT
    """The version of the contract that it speaks."""
    item: str = "test-item"
    fields: dict[str, JsonValue] = field(default_factory=dict)
    """The form of a submission that the department would take."""
    answer_seconds: float = 5.0
    """The longest that an answer may take."""
    wait_seconds: float = 30.0
    """How long a decision, and a repeat of one, is waited for."""
    settle_seconds: float = 1.0
    """How long something that must not come is waited for."""
    rate: float = 5.0
    """Submissions a second that it promised to bear."""
    load_seconds: float = 3.0
    serves: frozenset[Serves] = frozenset()
    datasets: tuple[SourceToLookUp, ...] = ()
    licences: tuple[SourceToLookUp, ...] = ()

    @property
    def decides_later(self) -> bool:
        """Whether decisions may come after the answer."""
        return self.key is not None

    @property
    def is_polled(self) -> bool:
        """Whether they are fetched."""
        return self.kind is Kind.HTTP_POLL
