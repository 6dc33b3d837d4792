"""Crypto suites by name: the only module that names an algorithm.

A suite decides every algorithm at once, so that a deployment which must use commercial cryptography (国密
SM2 / SM3 / SM4) chooses one name. What is stored carries the name of its suite and stays readable after a change.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Final, Protocol, Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from http_message_signatures import ContentDigest
from joserfc.jwk import Key, OKPKey

from .errors import SecurityError

DEFAULT_SUITE: Final = "international"


class UnknownSuite(SecurityError):
    """No crypto suite has this name."""

    code = "suite-unknown"


class SealBroken(SecurityError):
    """Sealed bytes do not open: another key, another context, or altered bytes (they cannot be told apart)."""

    code = "seal-broken"


class SignatureBroken(SecurityError):
    """A signature does not belong to these bytes and this key."""

    code = "signature-broken"


class UnreadableKey(SecurityError):
    """A key is not written in the form its suite expects."""

    code = "key-unreadable"


class Verifier(Protocol):
    """The public half of a signing key."""

    def verify(self, signature: bytes, data: bytes) -> None:
        """Return when `signature` fits `data`; otherwise raise SignatureBroken."""

    def to_pem(self) -> str:
        """The public key as PEM (SubjectPublicKeyInfo)."""


class Signer(Protocol):
    """The private half of a signing key."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`."""

    def verifier(self) -> Verifier:
        """The public half."""

    def to_pem(self) -> str:
        """The private key as unencrypted PEM (PKCS #8): store it readable by its owner only."""


class CryptoSuite(Protocol):
    """One consistent choice of algorithms for hashing, authenticating, sealing and signing."""

    @property
    def name(self) -> str:
        """The name stored beside everything this suite produced."""

    @property
    def key_size(self) -> int:
        """Bytes of a sealing key."""

    @property
    def message_signature_name(self) -> str:
        """The `alg` of HTTP message signatures (RFC 9421, section 6.2)."""

    @property
    def digest_name(self) -> str:
        """The name of the hash of `digest`, as RFC 9530 registers it."""

    @property
    def content_digest(self) -> type[ContentDigest]:
        """Writes and checks the Content-Digest field (RFC 9530)."""

    @property
    def jws_algorithm(self) -> str:
        """The JWS `alg` of tokens we mint ourselves."""

    @property
    def accepted_jws_algorithms(self) -> frozenset[str]:
        """The JWS `alg`s accepted from an outside issuer; asymmetric ones only."""

    def digest(self, data: bytes) -> bytes:
        """Hash of `data`."""

    def mac(self, key: bytes, data: bytes) -> bytes:
        """Authentication code of `data` under `key`."""

    def mac_matches(self, key: bytes, data: bytes, mac: bytes) -> bool:
        """Whether `mac` is the code of `data`, compared in constant time."""

    def new_key(self) -> bytes:
        """A random sealing key of `key_size` bytes."""

    def derive_key(self, key: bytes, purpose: bytes) -> bytes:
        """A sealing key that depends on `key` and `purpose`; `key` must itself be uniformly random."""

    def seal(self, key: bytes, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt and authenticate; opens only with the same key and context. The random nonce is inside."""

    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        """The plaintext of `seal`. Raises SealBroken."""

    def new_signing_key(self) -> Signer:
        """A random key pair for signatures."""

    def read_signer(self, pem: str) -> Signer:
        """The private key of `Signer.to_pem`. Raises UnreadableKey."""

    def read_verifier(self, pem: str) -> Verifier:
        """The public key of `Verifier.to_pem`. Raises UnreadableKey."""

    def new_token_key(self) -> Key:
        """A random private JWK for `jws_algorithm`, with key id, `alg` and `use`."""

    def read_jws_key(self, key_id: str, pem: str) -> Key:
        """The JWK, with `alg` and `use`, of a key pair's private or public half. Raises UnreadableKey."""


@dataclass(frozen=True)
class _Ed25519Verifier:
    key: Ed25519PublicKey

    @classmethod
    def read(cls, pem: str) -> Self:
        try:
            key = load_pem_public_key(pem.encode())
        except ValueError as error:
            raise UnreadableKey("expected an Ed25519 public key as PEM, beginning with BEGIN PUBLIC KEY") from error
        if not isinstance(key, Ed25519PublicKey):
            raise UnreadableKey(f"expected an Ed25519 public key, found {type(key).__name__}")
        return cls(key)

    def verify(self, signature: bytes, data: bytes) -> None:
        try:
            self.key.verify(signature, data)
        except InvalidSignature as error:
            raise SignatureBroken("the signature does not fit the data and this key") from error

    def to_pem(self) -> str:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True)
class _Ed25519Signer:
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def read(cls, pem: str) -> Self:
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise UnreadableKey(
                "expected an Ed25519 private key as unencrypted PEM, beginning with BEGIN PRIVATE KEY"
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UnreadableKey(f"expected an Ed25519 private key, found {type(key).__name__}")
        return cls(key)

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)

    def verifier(self) -> _Ed25519Verifier:
        return _Ed25519Verifier(self.key.public_key())

    def to_pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class International:
    """AES-256-GCM, SHA-256, HMAC-SHA-256 and Ed25519."""

    name: ClassVar[str] = DEFAULT_SUITE
    key_size: ClassVar[int] = 32
    message_signature_name: ClassVar[str] = "ed25519"
    digest_name: ClassVar[str] = "sha-256"
    content_digest: ClassVar[type[ContentDigest]] = ContentDigest
    jws_algorithm: ClassVar[str] = "Ed25519"
    accepted_jws_algorithms: ClassVar[frozenset[str]] = frozenset({"Ed25519", "ES256", "PS256", "RS256"})

    # 96 random bits: NIST SP 800-38D, 8.3, allows 2^32 seals under one key.
    _nonce_size: ClassVar[int] = 12

    def digest(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def mac(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, "sha256")

    def mac_matches(self, key: bytes, data: bytes, mac: bytes) -> bool:
        return hmac.compare_digest(self.mac(key, data), mac)

    def new_key(self) -> bytes:
        return os.urandom(self.key_size)

    def derive_key(self, key: bytes, purpose: bytes) -> bytes:
        return HKDFExpand(hashes.SHA256(), self.key_size, purpose).derive(key)

    def seal(self, key: bytes, plaintext: bytes, context: bytes) -> bytes:
        nonce = os.urandom(self._nonce_size)
        return nonce + AESGCM(key).encrypt(nonce, plaintext, context)

    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        nonce, ciphertext = sealed[: self._nonce_size], sealed[self._nonce_size :]
        try:
            return AESGCM(key).decrypt(nonce, ciphertext, context)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("does not open: another key, another context, or altered bytes") from error

    def new_signing_key(self) -> Signer:
        return _Ed25519Signer(Ed25519PrivateKey.generate())

    def read_signer(self, pem: str) -> Signer:
        return _Ed25519Signer.read(pem)

    def read_verifier(self, pem: str) -> Verifier:
        return _Ed25519Verifier.read(pem)

    def new_token_key(self) -> Key:
        return OKPKey.generate_key("Ed25519", {"alg": self.jws_algorithm, "use": "sig"}, auto_kid=True)

    def read_jws_key(self, key_id: str, pem: str) -> Key:
        if "PRIVATE" in pem:
            self.read_signer(pem)
        else:
            self.read_verifier(pem)
        return OKPKey.import_key(pem, {"kid": key_id, "alg": self.jws_algorithm, "use": "sig"})


_SUITES: Final[Mapping[str, CryptoSuite]] = MappingProxyType({International.name: International()})


def suite_names() -> tuple[str, ...]:
    """The names a deployment can choose from."""
    return tuple(sorted(_SUITES))


def suite(name: str) -> CryptoSuite:
    """The suite of this name. Raises UnknownSuite, which lists the ones there are."""
    try:
        return _SUITES[name]
    except KeyError:
        raise UnknownSuite(f"there is no crypto suite {name!r}; choose one of: {', '.join(suite_names())}") from None
