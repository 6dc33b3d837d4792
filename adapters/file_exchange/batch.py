"""A batch: a zip with a manifest, its signature and the entries it names. Written alike each time, read with distrust.

Nothing of a batch is ever unpacked to a disk, so a name in it leads nowhere; sizes are counted while reading, not
believed. The limits are ours: whoever has more to say writes another batch.
"""

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationError

from security.signatures import SignatureRefused, verify
from security.signing_keys import VerificationKey

LARGEST_BATCH_BYTES: Final = 64 * 1024 * 1024
LARGEST_ENTRY_BYTES: Final = 256 * 1024
LARGEST_MANIFEST_BYTES: Final = 4 * 1024 * 1024
MOST_ENTRIES: Final = 5000
_LARGEST_RATIO: Final = 200
"""Of unpacked to packed bytes: JSON seldom shrinks to a fiftieth."""
_SKEW: Final = timedelta(seconds=300)
_MANIFEST: Final = "manifest.json"
_SIGNATURE: Final = "signature.json"
_ENCRYPTED: Final = 0x1
_JSON: Final = {"Content-Type": "application/json"}
_ENTRY_NAME: Final = r"^[a-z0-9][a-z0-9._-]{0,99}$"
_ALWAYS_THE_SAME: Final = (1980, 1, 1, 0, 0, 0)

KeyLookup = Callable[[str], VerificationKey | None]
EntryKind = Literal["submission", "undo", "materials", "decision", "act", "answer"]


class BatchRefused(Exception):
    """The batch is not taken; ``code`` says why. Nothing of it counts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ListedFile(BaseModel, frozen=True):
    """An entry as the manifest lists it."""

    name: Annotated[str, StringConstraints(pattern=_ENTRY_NAME)]
    kind: EntryKind
    key: Annotated[str, StringConstraints(max_length=300)] = ""
    size: int = Field(ge=0, le=LARGEST_ENTRY_BYTES)
    digest: Annotated[str, StringConstraints(pattern=r"^sha-256:[0-9a-f]{64}$")]


class Manifest(BaseModel, frozen=True):
    """What a batch says of itself."""

    format: Literal["onething-batch/1"] = "onething-batch/1"
    sender: Annotated[str, StringConstraints(max_length=60)]
    receiver: Annotated[str, StringConstraints(max_length=60)]
    sequence: int = Field(ge=1, le=10**9)
    """Each sender counts its batches to a receiver from 1, without gaps."""
    made_at: AwareDatetime
    files: tuple[ListedFile, ...] = Field(max_length=MOST_ENTRIES)


class BatchEntry(NamedTuple):
    """An entry with its bytes."""

    kind: EntryKind
    key: str
    body: bytes


class ReadBatch(NamedTuple):
    """A batch whose origin and wholeness are proved."""

    manifest: Manifest
    digest: str
    """Of the manifest, and so of everything."""
    entries: tuple[BatchEntry, ...]


def batch_path(department: str) -> str:
    """What the signature of a batch stands for, as the path of a callback does for a decision."""
    return f"/departments/{department}/batches"


def digest_of(body: bytes) -> str:
    """As manifests state it."""
    return f"sha-256:{hashlib.sha256(body).hexdigest()}"


def write_batch(
    sender: str,
    receiver: str,
    sequence: int,
    made_at: datetime,
    entries: Sequence[BatchEntry],
    sign: Callable[[bytes], Mapping[str, str]],
) -> bytes:
    """The batch's bytes; the same each time for the same entries. ``sign`` gives what ``signature.json`` says."""
    listed = tuple(
        ListedFile(name=f"{number:04}.json", kind=one.kind, key=one.key, size=len(one.body), digest=digest_of(one.body))
        for number, one in enumerate(entries, 1)
    )
    manifest = (
        Manifest(sender=sender, receiver=receiver, sequence=sequence, made_at=made_at, files=listed)
        .model_dump_json()
        .encode()
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        parts = [(_MANIFEST, manifest), (_SIGNATURE, json.dumps(dict(sign(manifest))).encode())]
        parts += [(one.name, entry.body) for one, entry in zip(listed, entries, strict=True)]
        for name, body in parts:
            opened.writestr(zipfile.ZipInfo(name, _ALWAYS_THE_SAME), body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def read_batch(packed: bytes, sender: str, receiver: str, key: KeyLookup, now: datetime | None = None) -> ReadBatch:
    """The batch, proved to be from ``sender``. Raises BatchRefused."""
    now = now or datetime.now(UTC)
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as opened:
            infos = _checked(opened)
            manifest_bytes = _read(opened, infos, _MANIFEST, LARGEST_MANIFEST_BYTES)
            signature = _read(opened, infos, _SIGNATURE, 8192)
            manifest = _manifest(manifest_bytes)
            _prove(manifest, manifest_bytes, signature, sender, key, now)
            if manifest.receiver != receiver:
                raise BatchRefused("batch-misaddressed")
            return ReadBatch(manifest, digest_of(manifest_bytes), _entries(opened, infos, manifest))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise BatchRefused("batch-malformed") from None


def _checked(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found = opened.infolist()
    if len(found) > MOST_ENTRIES + 2:
        raise BatchRefused("batch-too-many-entries")
    infos: dict[str, zipfile.ZipInfo] = {}
    for info in found:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.filename != info.orig_filename or not re.fullmatch(_ENTRY_NAME, info.filename):
            raise BatchRefused("batch-entry-name")
        if kind not in (0, stat.S_IFREG) or info.flag_bits & _ENCRYPTED or info.filename in infos:
            raise BatchRefused("batch-entry-kind")
        infos[info.filename] = info
    unpacked = sum(info.file_size for info in found)
    if unpacked > LARGEST_BATCH_BYTES or unpacked > _LARGEST_RATIO * (sum(i.compress_size for i in found) + 10_000):
        raise BatchRefused("batch-unpacks-too-large")
    return infos


def _read(opened: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], name: str, largest: int) -> bytes:
    if name not in infos:
        raise BatchRefused("batch-incomplete")
    with opened.open(infos[name]) as file:
        body = file.read(largest + 1)  # what the directory of the zip says of its size may be a lie
    if len(body) > largest:
        raise BatchRefused("batch-unpacks-too-large")
    return body


def _manifest(written: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(written)
    except ValidationError:
        raise BatchRefused("batch-manifest") from None


def _prove(manifest: Manifest, written: bytes, signature: bytes, sender: str, lookup: KeyLookup, now: datetime) -> None:
    try:
        headers = json.loads(signature)
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise BatchRefused("signature-missing")
        # A batch may lie for days, so its signature is as old as it says that it is; the key has to be good today.
        signed = verify("POST", batch_path(sender), {**_JSON, **headers}, written, lookup, manifest.made_at)
    except SignatureRefused as refused:
        raise BatchRefused(refused.code) from None
    except (ValueError, RecursionError):
        raise BatchRefused("signature-missing") from None
    known = lookup(signed.key_id)
    if signed.key_id.rpartition(".")[0] != sender or manifest.sender != sender:
        raise BatchRefused("foreign")
    if known is None or not known.is_valid(now):
        raise BatchRefused("signature-key-expired")
    if manifest.made_at > now + _SKEW:
        raise BatchRefused("signature-from-the-future")


def _entries(opened: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], manifest: Manifest) -> tuple[BatchEntry, ...]:
    listed = {one.name for one in manifest.files}
    if len(listed) != len(manifest.files) or listed | {_MANIFEST, _SIGNATURE} != set(infos):
        raise BatchRefused("batch-incomplete")
    entries = []
    for one in manifest.files:
        body = _read(opened, infos, one.name, LARGEST_ENTRY_BYTES)
        if len(body) != one.size or digest_of(body) != one.digest:
            raise BatchRefused("digest-mismatch")
        entries.append(BatchEntry(one.kind, one.key, body))
    return tuple(entries)
