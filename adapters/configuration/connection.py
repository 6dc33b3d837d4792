"""A department as a process reaches it: its entry, with the secret that the file only names."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from adapters.configuration.entry import DepartmentEntry


@dataclass(frozen=True)
class DepartmentConnection:
    """One department, ready to be opened. Two that are equal are reached in the same way."""

    code: str
    entry: DepartmentEntry
    token: SecretStr
    """Its token; on an SFTP server our private key or password; empty where none is needed."""
    base: Path
    """The folder that paths in the entry start from."""

    @property
    def url(self) -> str:
        """Its address without a slash at the end; empty where its kind has none."""
        return "" if self.entry.url is None else str(self.entry.url).rstrip("/")
