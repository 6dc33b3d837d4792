"""The departments a deployment can reach, from a YAML file that holds no secret itself.

departments:
  tax:
    url: https://tax.example.org/one-thing
    token: {file: /run/secrets/tax-token}      # or {variable: TAX_TOKEN}
    keys:                                      # public keys that it signs decisions with: <code>.<version>
      tax.1: |
        -----BEGIN PUBLIC KEY-----
        …

Everything else that an entry may say stands in `adapters/configuration`, and in docs/connecting-a-department.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.reading import ReadDirectory, read_directory
from adapters.kinds import OPENERS
from one_things.text import Text
from one_things.yaml_file import FileFault, FileRefused, in_order, read_text
from one_things.yaml_words import UNREADABLE
from security.errors import SecurityError
from security.signing_keys import VerificationKey

_LARGEST_SECRET: Final = 64 * 1024


class DirectoryUnusable(Exception):
    """The directory file cannot be used; ``faults`` lists everything that is wrong, each with line, reason and fix."""

    code = "department-directory-unusable"

    def __init__(self, faults: tuple[FileFault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class LoadedDirectory:
    """All departments of the file by their codes, and the public keys of all by their ids."""

    departments: Mapping[str, DepartmentConnection]
    keys: Mapping[str, VerificationKey]


def load_directory(file: Path) -> LoadedDirectory:
    """Every department of this file, with its secrets. Errors: `DirectoryUnusable` with all faults at once."""
    try:
        read = read_directory(read_text(file), str(file))
    except OSError as error:
        raise DirectoryUnusable((_unreadable(file, error),)) from None
    except FileRefused as refused:
        raise DirectoryUnusable(refused.faults) from None
    faults = [*read.faults, *_kinds_not_served(read)]
    departments = {
        code: DepartmentConnection(code, entry, _secret(code, entry, file.parent, read, faults), file.parent)
        for code, entry in read.departments.items()
    }
    keys = _keys(read, faults)
    if faults:
        raise DirectoryUnusable(tuple(in_order(faults)))
    return LoadedDirectory(departments, keys)


def _kinds_not_served(read: ReadDirectory) -> Iterator[FileFault]:
    for code, entry in read.departments.items():
        if entry.kind not in OPENERS:
            served = ", ".join(sorted(OPENERS))
            yield read.file.fault(
                ("departments", code, "kind"),
                "kind-not-served",
                Text(zh=f"此版本不支持 {entry.kind}。", en=f"This release does not reach departments by {entry.kind}."),
                Text(zh=f"可用：{served}。", en=f"Allowed: {served}."),
            )


def _secret(code: str, entry: DepartmentEntry, folder: Path, read: ReadDirectory, faults: list[FileFault]) -> SecretStr:
    if entry.credential is None:
        return SecretStr("")
    place, reference = ("departments", code, *entry.credential[0]), entry.credential[1]
    name = reference.file or reference.variable
    try:
        secret = _read_secret(folder / reference.file) if reference.file else os.environ.get(reference.variable or "")
        why = Text(zh="为空或未设置", en="is empty or not set")
    except (OSError, UnicodeDecodeError) as error:
        secret = None
        reason = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
        why = Text(zh=f"无法读取：{reason}", en=f"cannot be read: {reason}")
    if secret:
        if place[-2:] == ("sftp", "key"):
            faults += [read.file.fault(place, *unreadable) for unreadable in _unreadable_private_key(secret)]
        return SecretStr(secret)
    faults.append(
        read.file.fault(
            place,
            "secret-missing",
            Text(zh=f"{code} 的凭据 {name} {why.zh}。", en=f"The credential of {code}, {name}, {why.en}."),
            Text(zh="请提供该凭据，并允许本进程读取。", en="Put it there, readable for this process."),
        )
    )
    return SecretStr("")


def _unreadable_private_key(secret: str) -> Iterator[tuple[str, Text, Text]]:
    import asyncssh

    try:
        asyncssh.import_private_key(secret)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        yield (
            "sftp-key-unreadable",
            Text(zh="不是可读取的无口令私钥。", en="It is no private key, or has a passphrase."),
            Text(
                zh="请用 ssh-keygen -t ed25519 -N '' 生成，或用 ssh-keygen -p 去掉口令。",
                en="Make one with ssh-keygen -t ed25519 -N '', or take the passphrase away with ssh-keygen -p.",
            ),
        )


def _read_secret(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_LARGEST_SECRET).decode("utf-8").strip()


def _keys(read: ReadDirectory, faults: list[FileFault]) -> dict[str, VerificationKey]:
    """All keys by id; one that cannot be read, or that two departments sign with, is a fault."""
    keys: dict[str, VerificationKey] = {}
    owners: dict[str, str] = {}
    for code, entry in read.departments.items():
        for key_id, written in entry.keys.items():
            place = ("departments", code, "keys", key_id)
            try:
                key = VerificationKey.from_pem(
                    key_id, written.pem, valid_from=written.valid_from, valid_until=written.valid_until
                )
            except (SecurityError, ValueError) as error:
                reason = Text(zh=f"公钥 {key_id} 无法读取：{error}。", en=f"The public key {key_id}: {error}.")
                fix = Text(
                    zh="请填写 PEM 格式的公钥。", en="Write down the whole PEM that `openssl pkey -pubout` prints."
                )
                faults.append(read.file.fault(place, "key-unreadable", reason, fix))
                continue
            owner = owners.setdefault(key.to_pem(), code)
            if owner != code:
                faults.append(
                    read.file.fault(
                        place,
                        "key-shared",
                        Text(zh=f"{key_id} 与 {owner} 的密钥相同。", en=f"{key_id} is a key of {owner} as well."),
                        Text(
                            zh="每个部门须有自己的密钥对。",
                            en="Have each make a pair of its own: with one key either could decide for the other.",
                        ),
                    )
                )
            keys[key_id] = key
    return keys


def _unreadable(file: Path, error: OSError) -> FileFault:
    reason = Text(zh=f"{file} 无法读取：{error.strerror}。", en=f"{file} cannot be read: {error.strerror}.")
    return FileFault(file=str(file), line=1, code="file-unreadable", reason=reason, fix=UNREADABLE)
