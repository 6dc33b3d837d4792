"""Master keys: several by id so that they can be rotated, one of them current."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from .errors import SecurityError
from .suites import DEFAULT_SUITE, CryptoSuite, suite

_KEY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class MasterKeySettingInvalid(SecurityError):
    """The setting that holds the master keys cannot be read; the message says what to write instead."""

    code = "master-key-setting-invalid"


class MasterKeyUnknown(SecurityError):
    """Something was sealed under a master key that is no longer, or not yet, in the setting."""

    code = "master-key-unknown"


@dataclass(frozen=True)
class MasterKeyRing:
    """Master keys of one suite by id: the current one seals, all of them open.

    To rotate, put a new key in front of the setting and keep the old ones until nothing is sealed under them.
    """

    suite_name: str
    current_id: str
    _keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def from_setting(cls, setting: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """Read `id1:base64,id2:base64`, the current key first. Raises MasterKeySettingInvalid, UnknownSuite."""
        key_size = suite(suite_name).key_size
        keys: dict[str, bytes] = {}
        for position, entry in enumerate((part.strip() for part in setting.split(",") if part.strip()), start=1):
            key_id, separator, encoded = entry.partition(":")
            if not separator or not _KEY_ID.fullmatch(key_id):
                # The entry itself stays out of the message: without a colon it may be the bare key.
                raise MasterKeySettingInvalid(
                    f"master key {position} must be written id:base64, "
                    "with an id of up to 64 letters, digits, dots, hyphens or underscores"
                )
            if key_id in keys:
                raise MasterKeySettingInvalid(f"master key id {key_id!r} is given twice; give each key its own id")
            keys[key_id] = _decoded(key_id, encoded, key_size)
        if not keys:
            raise MasterKeySettingInvalid(
                f"no master key is set; write id:base64 of {key_size} random bytes, "
                f"for example m1: followed by the output of `openssl rand -base64 {key_size}`"
            )
        return cls(suite_name, next(iter(keys)), keys)

    @classmethod
    def generate(cls, key_id: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """A ring of one new random key."""
        return cls(suite_name, key_id, {key_id: suite(suite_name).new_key()})

    def to_setting(self) -> str:
        """The text `from_setting` reads: secret, store it readable by its owner only."""
        ordered = sorted(self._keys, key=lambda key_id: key_id != self.current_id)
        return ",".join(f"{key_id}:{base64.b64encode(self._keys[key_id]).decode()}" for key_id in ordered)

    @property
    def suite(self) -> CryptoSuite:
        """The suite all keys of this ring belong to."""
        return suite(self.suite_name)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Ids of all keys."""
        return tuple(self._keys)

    def current(self) -> bytes:
        """The key that seals from now on."""
        return self._keys[self.current_id]

    def by_id(self, key_id: str) -> bytes:
        """The key that sealed something earlier. Raises MasterKeyUnknown."""
        try:
            return self._keys[key_id]
        except KeyError:
            raise MasterKeyUnknown(
                f"sealed under master key {key_id!r}, but only {', '.join(self._keys)} are set; "
                "add that key behind the current one"
            ) from None


def _decoded(key_id: str, encoded: str, key_size: int) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise MasterKeySettingInvalid(
            f"master key {key_id!r} is not base64; `openssl rand -base64 {key_size}` prints one"
        ) from None
    if len(key) != key_size:
        raise MasterKeySettingInvalid(
            f"master key {key_id!r} has {len(key)} bytes instead of {key_size}; "
            f"`openssl rand -base64 {key_size}` prints one"
        )
    return key
