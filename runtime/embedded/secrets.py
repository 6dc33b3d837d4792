"""The secrets of an embedded city, made at its first start and kept in files that only their owner may read.

Roles find them through `ONETHING_SECRETS_DIR`, so that no secret stands in an environment or on a command line.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from datetime import timedelta
from pathlib import Path

import yaml

from adapters.sandbox.departments import DEPARTMENTS
from runtime.embedded.secret_files import kept_secret
from security.keys import MasterKeyRing
from security.signing_keys import SigningKey
from security.suites import DEFAULT_SUITE, suite
from security.tokens import EmbeddedIssuer, Role

ISSUER = "urn:onething:embedded-city"
AUDIENCE = "onething"


class CitySecrets:
    """All secrets of the city in `data_dir`, and the two files about departments that follow from them."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "secrets"
        self.key_set_file = data_dir / "issuer-keys.json"
        self.directory_file = data_dir / "departments.yaml"
        self.sandbox_file = self.folder / "sandbox-credentials.yaml"

    def make(self, departments_url: str, database_url: str | None) -> None:
        """Make what is missing; write what depends on this start's addresses."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        kept_secret(self.folder / "onething_master_keys", lambda: MasterKeyRing.generate("m1").to_setting())
        kept_secret(self.folder / "onething_payload_keys", lambda: MasterKeyRing.generate("p1").to_setting())
        kept_secret(
            self.folder / "onething_record_mac_key",
            lambda: base64.b64encode(suite(DEFAULT_SUITE).new_key()).decode(),
        )
        kept_secret(self.folder / "onething_sandbox_control_token", lambda: secrets.token_urlsafe(32))
        if database_url is not None:
            _write_private(self.folder / "onething_database_url", database_url)
        _write_private(self.key_set_file, json.dumps(self._issuer().jwks(), indent=2))
        self._write_department_files(departments_url)

    def token(self, subject: str, *roles: Role, departments: tuple[str, ...] = (), hours: float = 8) -> str:
        """A sample token of the city's own issuer."""
        return self._issuer().mint(subject, roles, departments, timedelta(hours=hours))

    def signing_key(self, department: str) -> SigningKey:
        """The key with which the sandbox department signs its decisions."""
        key_id = f"{department}.1"
        file = self.folder / f"{department}-signing-key.pem"
        return SigningKey.from_pem(key_id, kept_secret(file, lambda: SigningKey.generate(key_id).to_pem()))

    def _issuer(self) -> EmbeddedIssuer:
        return EmbeddedIssuer(self.folder, issuer=ISSUER, audience=AUDIENCE)

    def _write_department_files(self, departments_url: str) -> None:
        """The directory (addresses, references, public keys) for the platform, the private half for the sandbox."""
        directory: dict[str, object] = {}
        sandbox: dict[str, object] = {}
        for code in DEPARTMENTS:
            token_file = self.folder / f"{code}-token"
            token = kept_secret(token_file, lambda: secrets.token_urlsafe(32))
            key = self.signing_key(code)
            directory[code] = {
                "url": f"{departments_url}/{code}",
                "token": {"file": str(token_file)},
                "keys": {key.id: key.verification_key().to_pem()},
            }
            sandbox[code] = {"token": token, "key_id": key.id, "signing_key": key.to_pem()}
        _write_private(self.directory_file, yaml.safe_dump({"departments": directory}, sort_keys=False))
        _write_private(self.sandbox_file, yaml.safe_dump(sandbox, sort_keys=False))


def _write_private(file: Path, text: str) -> None:
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    fresh.rename(file)
