"""The chain that makes the record tamper-evident: every event's hash covers the one before, every head carries a MAC.

The chain alone shows a change in the middle. Who can write to the database could still cut the tail or write the
chain anew; the MAC over the head needs a key that the database never sees.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Protocol

from event_store.record import NewEvent, Recorded

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Hasher(Protocol):
    """Who hashes; which algorithms that means, is decided where crypto suites are."""

    @property
    def name(self) -> str:
        """The name of the suite, stored beside every hash so that a later change leaves old rows verifiable."""
        ...

    def digest(self, data: bytes) -> bytes:
        """The digest of ``data``."""
        ...

    def mac(self, key: bytes, data: bytes) -> bytes:
        """The message authentication code of ``data`` under ``key``."""
        ...


def link(hasher: Hasher, previous_hash: bytes, case_no: str, version: int, event: NewEvent | Recorded) -> bytes:
    """The hash of an event at ``version`` of a case that follows ``previous_hash``."""
    return hasher.digest(
        _framed(
            b"one-thing event 1",
            hasher.name.encode(),
            previous_hash,
            case_no.encode(),
            str(version).encode(),
            event.event_id.bytes,
            event.type.encode(),
            str((event.occurred_at - _EPOCH) // timedelta(microseconds=1)).encode(),
            event.data.encode(),
        )
    )


def links(
    hasher: Hasher, previous_hash: bytes, case_no: str, after_version: int, events: Iterable[NewEvent]
) -> list[bytes]:
    """The hashes of ``events``, each over the one before, beginning after ``after_version``."""
    hashes: list[bytes] = []
    for version, event in enumerate(events, start=after_version + 1):
        previous_hash = link(hasher, previous_hash, case_no, version, event)
        hashes.append(previous_hash)
    return hashes


def head_mac(hasher: Hasher, key: bytes, case_no: str, version: int, head: bytes) -> bytes:
    """The MAC that says: this case ends exactly here."""
    return hasher.mac(
        key, _framed(b"one-thing head 1", hasher.name.encode(), case_no.encode(), str(version).encode(), head)
    )


def is_genuine_head(hasher: Hasher, key: bytes, case_no: str, version: int, head: bytes, mac: bytes) -> bool:
    """Whether ``mac`` was made by somebody who holds ``key``."""
    return compare_digest(head_mac(hasher, key, case_no, version, head), mac)


def _framed(*parts: bytes) -> bytes:
    # Lengths in front: no two different tuples of parts give the same bytes.
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
