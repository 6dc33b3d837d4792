"""The departments a deployment can reach, from a YAML file that holds no secret itself.

departments:
  tax:
    url: https://tax.example.org/one-thing
    token: {file: /run/secrets/tax-token}      # or {variable: TAX_TOKEN}
    keys:                                      # public keys that it signs decisions with: <code>.<version>
      tax.1: |
        -----BEGIN PUBLIC KEY-----
        …
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError, model_validator

from security.errors import SecurityError
from security.signing_keys import VerificationKey

_STRICT = ConfigDict(frozen=True, extra="forbid")


class DirectoryUnusable(Exception):
    """The directory file cannot be used; the message lists every fault with its place."""

    code = "department-directory-unusable"


class CredentialReference(BaseModel):
    """Where a secret is found: in a file (relative to the directory's own folder) or in an environment variable."""

    model_config = _STRICT

    file: Path | None = None
    variable: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> CredentialReference:
        if (self.file is None) == (self.variable is None):
            raise ValueError("name either a file or a variable")
        return self

    def read(self, folder: Path) -> SecretStr:
        """The secret. Errors: `ValueError` when the file or variable is not there or empty."""
        if self.file is not None:
            try:
                secret = (folder / self.file).read_text().strip()
            except OSError as error:
                raise ValueError(f"{self.file} cannot be read: {error.strerror}") from None
        else:
            secret = os.environ.get(self.variable or "", "")
        if not secret:
            raise ValueError(f"{self.file or self.variable} is empty or not set")
        return SecretStr(secret)


class DepartmentEntry(BaseModel):
    """One department as the file describes it."""

    model_config = _STRICT

    url: HttpUrl
    token: CredentialReference
    keys: Annotated[dict[str, str], Field(min_length=1)]


class DirectoryFile(BaseModel):
    """The whole file."""

    model_config = _STRICT

    departments: Annotated[dict[str, DepartmentEntry], Field(min_length=1)]


@dataclass(frozen=True)
class DepartmentConnection:
    """What is needed to speak with one department: address, credential, and the keys of its decisions."""

    code: str
    url: str
    token: SecretStr
    keys: tuple[VerificationKey, ...]


def load_directory(file: Path) -> dict[str, DepartmentConnection]:
    """Every department by its code. Errors: `DirectoryUnusable` with all faults at once."""
    try:
        directory = DirectoryFile.model_validate(yaml.safe_load(file.read_text()))
    except OSError as error:
        raise DirectoryUnusable(f"{file} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise DirectoryUnusable(f"{file} is not YAML: {error}") from None
    except ValidationError as error:
        places = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise DirectoryUnusable(f"{file}: " + "; ".join(places)) from None
    connections: dict[str, DepartmentConnection] = {}
    faults: list[str] = []
    for code, entry in directory.departments.items():
        # The gateway reads the department off the key id, so an id of another's would let this one decide for it.
        faults += [
            f"{code}: the key id {key_id} does not read {code}.<version>"
            for key_id in entry.keys
            if key_id.rpartition(".")[0] != code or key_id.endswith(".")
        ]
        try:
            connections[code] = DepartmentConnection(
                code=code,
                url=str(entry.url).rstrip("/"),
                token=entry.token.read(file.parent),
                keys=tuple(VerificationKey.from_pem(key_id, pem) for key_id, pem in entry.keys.items()),
            )
        except (SecurityError, ValueError) as error:
            faults.append(f"{code}: {error}")
    if faults:
        raise DirectoryUnusable(f"{file}: " + "; ".join(faults))
    return connections
