"""Sealing of contents: each under a key of its own, which is sealed under the key of the draft or case it belongs to.

Moving a content from a draft to its case seals that small key anew and leaves the content as it lies; destroying the
case's key erases the content with it (个人信息保护法 47).
"""

import base64
from typing import NamedTuple

from .sealing import CaseKey, SealedData
from .suites import suite

_CONTEXT = b"content of a material"


class SealedContent(NamedTuple):
    """A content as it is stored, and the key that opens it. The key is stored only wrapped."""

    suite_name: str
    key: bytes
    sealed: bytes


def content_digest(suite_name: str, content: bytes) -> str:
    """The digest of a content as materials name it: ``sha-256:<hex>`` in the international suite."""
    chosen = suite(suite_name)
    return f"{chosen.digest_name}:{chosen.digest(content).hex()}"


def seal_content(suite_name: str, content: bytes) -> SealedContent:
    """Seal a content under a new key of its own."""
    chosen = suite(suite_name)
    key = chosen.new_key()
    return SealedContent(suite_name, key, chosen.seal(key, content, _CONTEXT))


def open_content(suite_name: str, key: bytes, sealed: bytes) -> bytes:
    """The content of ``seal_content``. Raises SealBroken."""
    return suite(suite_name).open(key, sealed, _CONTEXT)


def wrap_content_key(owner: CaseKey, content: SealedContent, digest: str) -> str:
    """A content's key sealed under the key of its draft or case, bound to the digest: ``suite:suite:base64``."""
    wrapped = owner.seal(content.key, _purpose(content.suite_name, digest))
    return f"{content.suite_name}:{wrapped.suite}:{wrapped.data}"


def unwrap_content_key(owner: CaseKey, wrapped: str, sealed: bytes, digest: str) -> SealedContent:
    """The content behind ``wrap_content_key``, ready to be opened or wrapped anew. Raises SealBroken."""
    suite_name, owner_suite, data = wrapped.split(":")
    key = owner.open(SealedData(owner_suite, data), _purpose(suite_name, digest))
    return SealedContent(suite_name, key, sealed)


def repr_digest(suite_name: str, content: bytes) -> str:
    """The digest as an HTTP header states it (RFC 9530)."""
    chosen = suite(suite_name)
    return f"{chosen.digest_name}=:{base64.b64encode(chosen.digest(content)).decode()}:"


def _purpose(suite_name: str, digest: str) -> str:
    return f"content:{suite_name}:{digest}"
