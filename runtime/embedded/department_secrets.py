"""Credentials and signing keys of the sandbox departments: one folder for the platform, one for the sandbox alone.

Made once; used by the embedded city and by a new deployment with sandbox departments.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from pathlib import Path

import yaml

from runtime.embedded.secret_files import kept_secret, write_private
from security.signing_keys import SigningKey

_WORKBENCH = "workbench"
_FILES = "file-exchange"
_SIMULATED_PROBE_SECONDS = 1.0
"""A simulated department that was switched on again should not keep who looks on waiting for half a minute."""


class DepartmentSecrets:
    """What platform and departments know of each other, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._platform = folder / "departments"
        self._sandbox = folder / "sandbox"
        self.directory_file = self._platform / "departments.yaml"
        self.sandbox_file = self._sandbox / "credentials.yaml"

    def make(self, departments_url: str, departments: Iterable[str], workbenches: Collection[str] = ()) -> None:
        """Make what these departments lack; write the directory (addresses, public keys) and its private half.

        Departments of an earlier start stay in it: cases under way may still need them. So does what was written there
        by hand about one: limits, maintenance and the like; one that exchanges files stays just as it was written.
        ``workbenches`` have no system: their officers work on our pages.
        """
        for folder in (self._platform, self._sandbox):
            folder.mkdir(mode=0o700, exist_ok=True)
        added = self._added()
        directory: dict[str, object] = {}
        sandbox: dict[str, object] = {}
        for code in sorted({*departments, *(file.stem for file in self._platform.glob("*.token"))}):
            by_hand = added.get(code, {})
            on_workbench = code in workbenches or by_hand.get("kind") == _WORKBENCH
            token_file = self._platform / f"{code}.token"
            token = kept_secret(token_file, lambda: secrets.token_urlsafe(32))
            key = self.signing_key(code)
            if on_workbench:
                directory[code] = {"kind": _WORKBENCH}
            elif by_hand.get("kind") == _FILES:
                directory[code] = by_hand
            else:
                directory[code] = {
                    "breaker": {"probe_seconds": _SIMULATED_PROBE_SECONDS},
                    **by_hand,
                    "url": f"{departments_url}/{code}",
                    "token": {"file": token_file.name},
                    "keys": {key.id: key.verification_key().to_pem()},
                }
            sandbox[code] = {"token": token, "key_id": key.id, "signing_key": key.to_pem()}
        write_private(self.directory_file, yaml.safe_dump({"departments": directory}, sort_keys=False))
        write_private(self.sandbox_file, yaml.safe_dump(sandbox, sort_keys=False))

    def _added(self) -> dict[str, dict[str, object]]:
        try:
            written = yaml.safe_load(self.directory_file.read_text())["departments"]
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            return {}
        return {code: entry for code, entry in written.items() if isinstance(entry, dict)}

    def signing_key(self, department: str) -> SigningKey:
        """The key with which the sandbox department signs its decisions."""
        key_id = f"{department}.1"
        file = self._sandbox / f"{department}.pem"
        return SigningKey.from_pem(key_id, kept_secret(file, lambda: SigningKey.generate(key_id).to_pem()))
