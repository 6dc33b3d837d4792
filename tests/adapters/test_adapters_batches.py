"""Batches of files: proved and whole or nothing of them counts, and never read beyond any limit."""

import io
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.file_exchange import batch as batches
from adapters.file_exchange.batch import BatchEntry, BatchRefused, batch_path, read_batch, write_batch
from security.signatures import sign
from security.signing_keys import SigningKey, VerificationKey

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TAX, BANK, UNKNOWN, ENDED = (SigningKey.generate(name) for name in ("tax.1", "bank.1", "tax.7", "tax.0"))
KEYS = {
    "tax.1": TAX.verification_key(),
    "bank.1": BANK.verification_key(),
    "tax.0": VerificationKey.from_pem("tax.0", ENDED.verification_key().to_pem(), valid_until=NOW),
}
JSON = {"Content-Type": "application/json"}
DECISION = BatchEntry("decision", "", '{"decision_id": "甲"}'.encode())


def signed(key: SigningKey = TAX, department: str = "tax", at: datetime = NOW) -> Callable[[bytes], dict[str, str]]:
    return lambda manifest: sign("POST", batch_path(department), JSON, manifest, key, at)


def a_batch(
    *entries: BatchEntry, key: SigningKey = TAX, sender: str = "tax", receiver: str = "onething", at: datetime = NOW
) -> bytes:
    return write_batch(sender, receiver, 1, at, entries or (DECISION,), signed(key, at=at))


def read(packed: bytes, now: datetime = NOW) -> batches.ReadBatch:
    return read_batch(packed, "tax", "onething", KEYS.get, now)


def parts_of(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(*parts: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in parts:
            opened.writestr(name, body)
    return packed.getvalue()


def with_part(name: str | zipfile.ZipInfo, body: bytes) -> bytes:
    return zipped(*parts_of(a_batch()).items(), (name, body))


def a_link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def changed(name: str, to: bytes) -> bytes:
    return zipped(*(parts_of(a_batch()) | {name: to}).items())


def test_a_batch_says_what_was_put_in_and_is_the_same_each_time() -> None:
    entries = (DECISION, BatchEntry("answer", "4419-2026-000017:tax:1", b"{}"))
    found = read(a_batch(*entries))
    assert found.entries == entries
    assert (found.manifest.sender, found.manifest.sequence) == ("tax", 1)
    assert a_batch(*entries) == a_batch(*entries)


def test_a_batch_may_lie_for_days_as_long_as_its_key_is_good() -> None:
    assert read(a_batch(at=NOW - timedelta(days=20))).entries == (DECISION,)
    with pytest.raises(BatchRefused, match="signature-key-expired"):
        read(a_batch(key=ENDED, at=NOW - timedelta(days=20)))


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (lambda: b"", "batch-malformed"),
        (lambda: a_batch()[:-40], "batch-malformed"),
        (lambda: a_batch()[:50], "batch-malformed"),
        (lambda: a_batch(key=BANK), "foreign"),
        (lambda: a_batch(key=UNKNOWN), "signature-key-unknown"),
        (lambda: a_batch(sender="bank"), "foreign"),
        (lambda: a_batch(receiver="another-city"), "batch-misaddressed"),
        (lambda: a_batch(at=NOW + timedelta(hours=1)), "signature-from-the-future"),
        (lambda: changed("0001.json", b'{"decision_id": "\xe4\xb9\x99"}'), "digest-mismatch"),
        (lambda: changed("manifest.json", parts_of(a_batch(DECISION, DECISION))["manifest.json"]), "digest-mismatch"),
        (lambda: changed("manifest.json", b"{}"), "batch-manifest"),
        (lambda: changed("signature.json", b"{}"), "signature-missing"),
        (lambda: changed("signature.json", b"[" * 8000), "signature-missing"),
        (lambda: zipped(*list(parts_of(a_batch()).items())[:2]), "batch-incomplete"),
        (lambda: zipped(*list(parts_of(a_batch()).items())[1:]), "batch-incomplete"),
        (lambda: with_part("0002.json", b"{}"), "batch-incomplete"),
        (lambda: with_part("../../etc/passwd", b"{}"), "batch-entry-name"),
        (lambda: with_part("/etc/passwd", b"{}"), "batch-entry-name"),
        (lambda: with_part("a\\..\\b.json", b"{}"), "batch-entry-name"),
        (lambda: with_part("folder/", b""), "batch-entry-name"),
        (lambda: with_part("x" * 4096, b"{}"), "batch-entry-name"),
        (lambda: with_part("nul", b"{}").replace(b"nul", b"n\0l"), "batch-entry-name"),
        (lambda: with_part(a_link(), b"/etc/passwd"), "batch-entry-kind"),
        (lambda: with_part("bomb.json", b"\0" * 30_000_000), "batch-unpacks-too-large"),
        (lambda: with_part("large.json", b"\0" * (batches.LARGEST_BATCH_BYTES + 1)), "batch-unpacks-too-large"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_batch_is_said_and_nothing_of_it_counts(packed: Callable[[], bytes], code: str) -> None:
    with pytest.raises(BatchRefused) as refused:
        read(packed())
    assert refused.value.code == code


def test_a_batch_with_too_many_entries_is_refused_before_any_is_read() -> None:
    packed = zipped(*((f"{number}.json", b"") for number in range(batches.MOST_ENTRIES + 3)))
    with pytest.raises(BatchRefused, match="batch-too-many-entries"):
        read(packed)


def test_a_size_that_is_a_lie_is_noticed_while_reading() -> None:
    manifest = json.loads(parts_of(a_batch())["manifest.json"])
    manifest["files"][0] |= {"size": 3}
    written = json.dumps(manifest).encode()
    parts = parts_of(a_batch()) | {"manifest.json": written, "signature.json": json.dumps(signed()(written)).encode()}
    with pytest.raises(BatchRefused, match="digest-mismatch"):
        read(zipped(*parts.items()))
