"""Statements that anybody can verify, signed by this platform: compact JWS (RFC 7515), several keys by id.

The first key of the setting signs; the others only verify what was signed before them. Whoever holds a token and the
published keys needs nothing else: no database, no connection, no account.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from joserfc import errors, jws
from joserfc.jwk import Key, KeySet

from .errors import SecurityError
from .suites import DEFAULT_SUITE, UnreadableKey, suite

_KEY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HALVES: Final = ("PRIVATE", "PUBLIC")
_LONGEST_TOKEN: Final = 4096  # characters; more than any statement that fits a QR code


class AttestationKeysInvalid(SecurityError):
    """The setting that holds the keys cannot be read; the message says what to write instead."""

    code = "attestation-keys-invalid"


class AttestationRefused(SecurityError):
    """A token that proves nothing; the message never quotes it."""


class AttestationDamaged(AttestationRefused):
    """No signed statement of this kind: cut off, mistyped, or something else altogether."""

    code = "damaged"


class AttestationKeyUnknown(AttestationRefused):
    """Signed under a key id that this platform never published."""

    code = "key-unknown"


class AttestationAltered(AttestationRefused):
    """The signature does not fit: the statement was changed or cut short, or somebody else signed it."""

    code = "altered"


class Attestation(NamedTuple):
    """A statement whose signature was verified, and the key that signed it."""

    statement: bytes
    key_id: str


class _Pair(NamedTuple):
    jwk: Key
    public: str
    private: str | None
    """PEM; None where only the public half is kept."""


@dataclass(frozen=True)
class AttestationKeys:
    """Keys of one suite by id. Behind the current one either half of a retired key will do."""

    suite_name: str
    current_id: str
    _pairs: Mapping[str, _Pair] = field(repr=False)

    @classmethod
    def from_setting(cls, setting: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """Read `id:key,id:key`, the current one first; a key is the text between the two marker lines of its PEM.

        Raises AttestationKeysInvalid, UnknownSuite.
        """
        keys: dict[str, _Pair] = {}
        for position, entry in enumerate((part.strip() for part in setting.split(",") if part.strip()), start=1):
            key_id, separator, body = entry.partition(":")
            if not separator or not _KEY_ID.fullmatch(key_id):
                # The entry itself stays out of the message: without a colon it may be the bare key.
                raise AttestationKeysInvalid(
                    f"key {position} must be written id:base64, "
                    "with an id of up to 64 letters, digits, dots, hyphens or underscores"
                )
            if key_id in keys:
                raise AttestationKeysInvalid(f"key id {key_id!r} is given twice; give each key its own id")
            keys[key_id] = _read(key_id, body, suite_name)
        if not keys:
            raise AttestationKeysInvalid("no key is set; write id:base64 of a private key (PKCS #8)")
        current = next(iter(keys))
        if keys[current].private is None:
            raise AttestationKeysInvalid(f"key {current!r} comes first and so must be a private key: it signs")
        return cls(suite_name, current, keys)

    @classmethod
    def generate(cls, key_id: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """One new random key."""
        return cls.from_setting(f"{key_id}:{_body(suite(suite_name).new_signing_key().to_pem())}", suite_name)

    @classmethod
    def from_published(cls, published: Mapping[str, str], suite_name: str = DEFAULT_SUITE) -> Self:
        """Key id → public key in PEM, as `published` gives them out: enough to verify, never to sign.

        Raises AttestationKeysInvalid.
        """
        if not published:
            raise AttestationKeysInvalid("no key is given")
        pairs = {key_id: _read(key_id, _body(pem), suite_name) for key_id, pem in published.items()}
        return cls(suite_name, next(iter(pairs)), pairs)

    def to_setting(self) -> str:
        """The text `from_setting` reads: secret, store it readable by its owner only."""
        return ",".join(f"{key_id}:{_body(pair.private or pair.public)}" for key_id, pair in self._pairs.items())

    def sign(self, kind: str, statement: bytes) -> str:
        """A token that carries this statement. `kind` keeps statements of different kinds apart."""
        if self._pairs[self.current_id].private is None:
            raise AttestationKeysInvalid(f"key {self.current_id!r} is a public key: it can only verify")
        crypto = suite(self.suite_name)
        protected = {"alg": crypto.jws_algorithm, "kid": self.current_id, "typ": kind}
        signing = self._pairs[self.current_id].jwk
        return jws.serialize_compact(protected, statement, signing, algorithms=[crypto.jws_algorithm])

    def verify(self, kind: str, token: str) -> Attestation:
        """The statement of a token of this kind. Raises an AttestationRefused."""
        if not token.isascii() or len(token) > _LONGEST_TOKEN or not all(map(_is_whole, token.split("."))):
            raise AttestationDamaged("this is no signed statement, or only a part of one")
        try:
            keys = KeySet([pair.jwk for pair in self._pairs.values()])
            found = jws.deserialize_compact(token, keys, algorithms=[suite(self.suite_name).jws_algorithm])
        except errors.InvalidKeyIdError:
            raise AttestationKeyUnknown("signed under a key that was never published here") from None
        except errors.BadSignatureError:
            raise AttestationAltered("the statement was changed or cut short, or somebody else signed it") from None
        except (errors.JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise AttestationDamaged("this is no signed statement, or only a part of one") from None
        headers = found.headers()
        if headers.get("typ") != kind or "kid" not in headers:
            raise AttestationDamaged("this statement is of another kind")
        return Attestation(found.payload, headers["kid"])

    def published(self) -> tuple[dict[str, str], ...]:
        """The public halves, the current one first: JWKs (RFC 7517), each with the same key once more as `pem`."""
        return tuple(
            {**{name: str(value) for name, value in pair.jwk.as_dict(private=False).items()}, "pem": pair.public}
            for pair in self._pairs.values()
        )


def _read(key_id: str, body: str, suite_name: str) -> _Pair:
    crypto = suite(suite_name)
    private, public = (f"-----BEGIN {half} KEY-----\n{body.strip()}\n-----END {half} KEY-----\n" for half in _HALVES)
    with suppress(UnreadableKey):
        signer = crypto.read_signer(private)
        return _Pair(crypto.read_jws_key(key_id, private), signer.verifier().to_pem(), private)
    with suppress(UnreadableKey):
        return _Pair(crypto.read_jws_key(key_id, public), crypto.read_verifier(public).to_pem(), None)
    raise AttestationKeysInvalid(
        f"key {key_id!r} cannot be read; write the text between the two marker lines of its PEM, on one line"
    )


def _body(pem: str) -> str:
    return "".join(line for line in pem.splitlines() if not line.startswith("-----"))


def _is_whole(part: str) -> bool:
    """Whether these characters stand for whole bytes, and are the only ones that do: one statement, one token."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return False
    return bool(part) and base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == part
