"""Sealing of personal data under the case's own key, which a master key wraps.

Destroying the wrapped key erases the person while the append-only record keeps its bytes and its hash chain
(个人信息保护法 47). Every seal is bound to its case and its purpose, so that no sealed field can be moved elsewhere.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from .commitments import Commitment, commit
from .errors import SecurityError
from .keys import MasterKeyRing
from .suites import DEFAULT_SUITE, SealBroken, suite

_WRAPPING: Final = "case-key"


class CaseKeyErased(SecurityError):
    """The case's key was destroyed: its personal data cannot be read again by anyone."""

    code = "case-key-erased"


class CaseKeyUnusable(SecurityError):
    """A wrapped case key does not open: the master key of that id has other bytes, or it belongs to another case."""

    code = "case-key-unusable"


class SealedData(NamedTuple):
    """What is stored: the suite's name, and nonce and ciphertext as urlsafe base64."""

    suite: str
    data: str


@dataclass(frozen=True)
class CaseKey:
    """The key of one case. It leaves this process only wrapped."""

    case_no: str
    suite_name: str
    _secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, case_no: str, suite_name: str = DEFAULT_SUITE) -> Self:
        """A new random key for this case."""
        return cls(case_no, suite_name, suite(suite_name).new_key())

    def wrap(self, master_keys: MasterKeyRing) -> str:
        """`suite:master key id:case key's suite:base64`, sealed under the current master key."""
        ring_suite = master_keys.suite
        context = _context(self.case_no, f"{_WRAPPING}:{self.suite_name}")
        sealed = ring_suite.seal(master_keys.current(), self._secret, context)
        return f"{ring_suite.name}:{master_keys.current_id}:{self.suite_name}:{_encoded(sealed)}"

    @classmethod
    def unwrap(cls, wrapped: str | None, case_no: str, master_keys: MasterKeyRing) -> Self:
        """The key of `wrap`; None stands for a destroyed one.

        Raises CaseKeyErased, MasterKeyUnknown (add the key to the setting), CaseKeyUnusable, UnknownSuite.
        """
        if wrapped is None:
            raise CaseKeyErased(f"the key of case {case_no} was destroyed; its personal data is erased")
        ring_suite_name, master_key_id, suite_name, data = _wrapped_parts(wrapped)
        context = _context(case_no, f"{_WRAPPING}:{suite_name}")
        master_key = master_keys.by_id(master_key_id)
        try:
            secret = suite(ring_suite_name).open(master_key, _decoded(data), context)
        except SealBroken as error:
            raise CaseKeyUnusable(
                f"the key of case {case_no} does not open with master key {master_key_id!r}: "
                "check that this id still stands for the same bytes, and that the key was stored for this case"
            ) from error
        return cls(case_no, suite_name, secret)

    def seal(self, plaintext: bytes, purpose: str) -> SealedData:
        """Seal bytes for one purpose within the case."""
        sealed = suite(self.suite_name).seal(self._secret, plaintext, _context(self.case_no, purpose))
        return SealedData(self.suite_name, _encoded(sealed))

    def open(self, sealed: SealedData, purpose: str) -> bytes:
        """The bytes of `seal`. Raises SealBroken, also when case or purpose are others."""
        if sealed.suite != self.suite_name:
            raise SealBroken(f"sealed with suite {sealed.suite!r}, but the case's key is of {self.suite_name!r}")
        return suite(self.suite_name).open(self._secret, _decoded(sealed.data), _context(self.case_no, purpose))

    def commit(self, content: bytes, purpose: str) -> Commitment:
        """The digest of this content, always the same, under a code that only who has this key can derive."""
        code = suite(self.suite_name).derive_key(self._secret, _context(self.case_no, purpose))
        return commit(self.suite_name, code, content)


def master_key_id(wrapped: str) -> str:
    """Which master key wraps this case key; needed to find what still has to be wrapped anew."""
    return _wrapped_parts(wrapped)[1]


def rewrap(wrapped: str, case_no: str, master_keys: MasterKeyRing) -> str:
    """Wrap a case key under the current master key; unchanged when it already is."""
    if master_key_id(wrapped) == master_keys.current_id:
        return wrapped
    return CaseKey.unwrap(wrapped, case_no, master_keys).wrap(master_keys)


def seal_text(case_key: CaseKey, text: str, purpose: str) -> SealedData:
    """Seal a text under the case's key for one purpose."""
    return case_key.seal(text.encode(), purpose)


def open_text(case_key: CaseKey, sealed: SealedData, purpose: str) -> str:
    """The text of `seal_text`. Raises SealBroken."""
    return case_key.open(sealed, purpose).decode()


def seal_json(case_key: CaseKey, value: JsonValue, purpose: str) -> SealedData:
    """Seal a JSON value under the case's key for one purpose."""
    return case_key.seal(to_json(value), purpose)


def open_json(case_key: CaseKey, sealed: SealedData, purpose: str) -> JsonValue:
    """The value of `seal_json`. Raises SealBroken."""
    value: JsonValue = from_json(case_key.open(sealed, purpose))
    return value


def _context(case_no: str, purpose: str) -> bytes:
    # A length in front keeps ("A", "BC") and ("AB", "C") apart.
    number = case_no.encode()
    return len(number).to_bytes(2, "big") + number + purpose.encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise SealBroken("sealed data is not urlsafe base64") from error
    # The decoder skips foreign characters and spare bits: without this, many texts would stand for one seal.
    if _encoded(data) != text:
        raise SealBroken("sealed data is not urlsafe base64 as it was written")
    return data


def _wrapped_parts(wrapped: str) -> tuple[str, str, str, str]:
    parts = wrapped.split(":")
    if len(parts) != 4:
        raise CaseKeyUnusable("a wrapped case key is written suite:master key id:suite:base64")
    return parts[0], parts[1], parts[2], parts[3]
