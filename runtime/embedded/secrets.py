"""The secrets of an embedded city, made at its first start and kept in files that only their owner may read.

Roles find them through `ONETHING_SECRETS_DIR`, so that no secret stands in an environment or on a command line.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from pathlib import Path

from runtime.embedded.department_secrets import DepartmentSecrets
from runtime.embedded.secret_files import kept_secret, write_private
from security.attestations import AttestationKeys
from security.keys import MasterKeyRing
from security.suites import DEFAULT_SUITE, suite
from security.tokens import EmbeddedIssuer, Role

ISSUER = "urn:onething:embedded-city"
AUDIENCE = "onething"

GENERATED: dict[str, Callable[[], str]] = {
    "master_keys": lambda: MasterKeyRing.generate("m1").to_setting(),
    "payload_keys": lambda: MasterKeyRing.generate("p1").to_setting(),
    "record_mac_key": lambda: base64.b64encode(suite(DEFAULT_SUITE).new_key()).decode(),
    "receipt_keys": lambda: AttestationKeys.generate("r1").to_setting(),
    "sandbox_control_token": lambda: secrets.token_urlsafe(32),
}
"""The secret settings that can simply be made up, by field."""


class CitySecrets:
    """All secrets of the city in `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "secrets"
        self.key_set_file = data_dir / "issuer-keys.json"
        self.departments = DepartmentSecrets(data_dir)

    def make(
        self,
        departments_url: str,
        departments: Iterable[str],
        database_url: str | None,
        workbenches: Collection[str] = (),
    ) -> None:
        """Make what is missing; write what depends on this start's addresses and departments."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for name, new in GENERATED.items():
            kept_secret(self.folder / f"onething_{name}", new)
        if database_url is not None:
            write_private(self.folder / "onething_database_url", database_url)
        write_private(self.key_set_file, json.dumps(self._issuer().jwks(), indent=2))
        self.departments.make(departments_url, departments, workbenches)

    def token(
        self,
        subject: str,
        *roles: Role,
        departments: tuple[str, ...] = (),
        hours: float = 8,
        identity: str | None = None,
    ) -> str:
        """A sample token of the city's own issuer; ``identity`` is the number that it claims to have verified."""
        return self._issuer().mint(subject, roles, departments, timedelta(hours=hours), identity)

    def _issuer(self) -> EmbeddedIssuer:
        return EmbeddedIssuer(self.folder, issuer=ISSUER, audience=AUDIENCE)
