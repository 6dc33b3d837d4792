"""One department as `departments.yaml` describes it, and the whole file."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, HttpUrl, Strict

from adapters.configuration.codes import Codes
from adapters.configuration.credentials import CredentialReference, Keys
from adapters.configuration.kinds import Kind
from adapters.configuration.maintenance import MaintenanceWindow
from adapters.configuration.pace import Breaker, Limits, Polling, Retries, SourceRule, TimeOuts
from adapters.configuration.sftp import Sftp
from one_things.definition.names import Slug
from one_things.model import Record
from one_things.office_days import OfficeDays
from one_things.text import Text, Word

OLDEST_CONTRACT: Final = 1
NEWEST_CONTRACT: Final = 2
"""Versions of docs/connecting-a-department.md that we speak: the newest and the one before."""
_UNNAMED_CONTRACT: Final = 1
"""What an entry that names no version speaks: a release of ours never changes it, for the department has not."""


class Folder(Record):
    """Where batches are exchanged: relative to the directory's own folder, or as the user of a server sees it."""

    out: Path
    """Ours to the department."""
    into: Path = Field(alias="in")
    """The department's to us."""


class DepartmentEntry(Record):
    """One department. Which fields its kind needs and knows stands in `kinds.KIND_RULES`."""

    title: Text | None = None
    kind: Kind = Kind.HTTP_PUSH
    contract: Annotated[int, Strict(), Field(ge=OLDEST_CONTRACT, le=NEWEST_CONTRACT)] = _UNNAMED_CONTRACT
    url: HttpUrl | None = None
    token: CredentialReference | None = None
    keys: Keys = {}
    codes: Codes = Codes()
    time_outs: TimeOuts = TimeOuts()
    limits: Limits | None = None
    retries: Retries = Retries()
    breaker: Breaker = Breaker()
    maintenance: Annotated[tuple[MaintenanceWindow, ...], Field(max_length=100)] = ()
    calendar: OfficeDays = OfficeDays()
    """Days on which its office is closed or open otherwise than the official calendar says."""
    polling: Polling = Polling()
    folder: Folder | None = None
    sftp: Sftp | None = None
    """The server that the folders lie on; None: they are folders here."""
    sources: dict[Word, SourceRule] = {}
    """By dataset or type of licence."""

    @property
    def credential(self) -> tuple[tuple[str, ...], CredentialReference] | None:
        """Its secret, and where in the entry it is named: our token over HTTP, our key or password on a server."""
        if self.sftp is None:
            return None if self.token is None else (("token",), self.token)
        if self.sftp.key is not None:
            return ("sftp", "key"), self.sftp.key
        return None if self.sftp.password is None else (("sftp", "password"), self.sftp.password)


class DirectoryFile(Record):
    """The whole file: every department by the code that bundles use."""

    departments: Annotated[dict[Slug, DepartmentEntry], Field(min_length=1, max_length=1000)]
