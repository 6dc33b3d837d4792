"""Digests of something personal that nobody can guess at: keyed with a code that only its holder is given.

A plain digest of a form would let anybody who sees it try identity numbers until one fits. Whoever holds the code
and the content can still show, to whom they choose, that the digest is of that content.
"""

from typing import NamedTuple

from .suites import suite


class Commitment(NamedTuple):
    """`digest` may be shown to anybody; `code` opens it, beside the content, and belongs to the holder alone."""

    digest: str
    """``<suite>:<hex>``: the suite's authentication code of the content under the code."""
    code: str
    """In hex."""


def commit(suite_name: str, code: bytes, content: bytes) -> Commitment:
    """The digest of this content under this code, which must be as random as a key."""
    return Commitment(digest=f"{suite_name}:{suite(suite_name).mac(code, content).hex()}", code=code.hex())
