"""What can go wrong with an embedded server, as one small tree with a stable code each."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class EmbeddedFault(Exception):
    """A fault of the embedded city; the message is one clear line for a person.

    `log` names the file with the details, where there is one.
    """

    code: ClassVar[str] = "embedded-fault"

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


class DirectoryTaken(EmbeddedFault):
    """Another running process uses this data directory."""

    code = "directory-taken"


class UnusablePlace(EmbeddedFault):
    """The data directory lies where the server's own user cannot reach it."""

    code = "unusable-place"


class MissingBinary(EmbeddedFault):
    """The server's programs are not installed in this environment."""

    code = "missing-binary"


class ServerDidNotStart(EmbeddedFault):
    """The server ended, or was not ready in time; the last lines of its log are part of the message."""

    code = "server-did-not-start"


class RoleKeepsDying(EmbeddedFault):
    """A process of the city died more often than the supervisor restarts it."""

    code = "role-keeps-dying"
