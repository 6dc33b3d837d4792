"""The file of a dossier (办件档案): a zip whose manifest names every part with its digest, signed as a whole.

Pure: from parts to bytes, and from bytes to what is wrong with them. Made twice of the same parts it is the same file.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import ValidationError

from event_store.chain import Hasher, link
from event_store.record import BEGINNING, GENESIS, Recorded
from one_things.model import Record
from security.attestations import AttestationKeys, AttestationRefused

KIND = "dossier"
MANIFEST, SEAL, EVENTS = "manifest.json", "manifest.jws", "record/events.jsonl"
LARGEST_DOSSIER = 64_000_000
"""Bytes, unpacked. A case of a hundred items needs a fiftieth; more than this is no dossier of ours."""
_UNREADABLE = (zipfile.BadZipFile, RuntimeError, EOFError, OSError)
"""What zipfile raises for a file that is cut off, packed in an unknown way, or under a password (RuntimeErrors)."""
_OLDEST_ZIP_TIME = datetime(1980, 1, 1, tzinfo=UTC)


class DossierPart(Record):
    """One file in the dossier."""

    name: str
    size: int
    digest: str
    """Hex, by the suite of the manifest."""


class Manifest(Record):
    """What the dossier holds. Whoever has the manifest's signature has that of every part."""

    form: Literal["dossier-1"] = "dossier-1"
    number: str
    as_of: datetime
    """When the last event in it happened."""
    version: int
    """How many events it holds."""
    head: str
    """Hash of the last event, in hex: the end of the chain in ``record/events.jsonl``."""
    suite: str
    parts: tuple[DossierPart, ...]


class DossierSeal(Record):
    """What is signed: short, for a signature that travels as one line of text."""

    form: Literal["dossier-seal-1"] = "dossier-seal-1"
    number: str
    version: int
    digest: str
    """Digest of ``manifest.json``, byte for byte."""


class RecordedEvent(Record):
    """One line of ``record/events.jsonl``: an event with its place in the chain of hashes."""

    version: int
    event_id: str
    type: str
    occurred_at: datetime
    data: str
    suite: str
    previous_hash: str
    hash: str


class DossierFinding(Record):
    """One thing that is wrong with a dossier: a stable code, and the part it concerns."""

    code: Literal[
        "not-a-dossier", "too-large", "part-missing", "part-changed", "part-extra", "seal-refused", "chain-broken"
    ]
    part: str


def event_lines(records: list[Recorded]) -> bytes:
    """The record of the case, one event a line, as it was hashed: personal data in it stays sealed."""
    return b"".join(
        RecordedEvent(
            version=record.version,
            event_id=str(record.event_id),
            type=record.type,
            occurred_at=record.occurred_at,
            data=record.data,
            suite=record.suite,
            previous_hash=record.previous_hash.hex(),
            hash=record.hash.hex(),
        )
        .model_dump_json()
        .encode()
        + b"\n"
        for record in records
    )


def pack(number: str, last: Recorded, parts: Mapping[str, bytes], crypto: Hasher, keys: AttestationKeys) -> bytes:
    """The dossier of these parts, as of the event ``last``."""
    manifest = Manifest(
        number=number,
        as_of=last.occurred_at,
        version=last.version,
        head=last.hash.hex(),
        suite=crypto.name,
        parts=tuple(
            DossierPart(name=name, size=len(content), digest=crypto.digest(content).hex())
            for name, content in sorted(parts.items())
        ),
    )
    written = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=2).encode()
    seal = DossierSeal(number=number, version=last.version, digest=crypto.digest(written).hex())
    files = {MANIFEST: written, SEAL: keys.sign(KIND, seal.model_dump_json().encode()).encode(), **parts}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (MANIFEST, SEAL, *sorted(parts)):
            moment = max(last.occurred_at.astimezone(UTC), _OLDEST_ZIP_TIME)
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return made.getvalue()


def dossier_findings(
    content: bytes, hashers: Mapping[str, Hasher], keys: AttestationKeys
) -> tuple[Manifest | None, tuple[DossierFinding, ...]]:
    """The manifest of a dossier and everything that is wrong with the file; nothing for one that is as it was made."""
    try:
        files = _unpacked(content)
        manifest = Manifest.model_validate_json(files[MANIFEST])
        crypto = hashers[manifest.suite]
    except _TooLarge:
        return None, (DossierFinding(code="too-large", part=MANIFEST),)
    except (KeyError, ValidationError, *_UNREADABLE):
        return None, (DossierFinding(code="not-a-dossier", part=MANIFEST),)
    found = [] if _is_sealed(files, manifest, crypto, keys) else [DossierFinding(code="seal-refused", part=SEAL)]
    for part in manifest.parts:
        if part.name not in files:
            found.append(DossierFinding(code="part-missing", part=part.name))
        elif crypto.digest(files[part.name]).hex() != part.digest:
            found.append(DossierFinding(code="part-changed", part=part.name))
    named = {part.name for part in manifest.parts} | {MANIFEST, SEAL}
    found += [DossierFinding(code="part-extra", part=name) for name in sorted(files.keys() - named)]
    if not _is_chained(files.get(EVENTS, b""), manifest, hashers):
        found.append(DossierFinding(code="chain-broken", part=EVENTS))
    return manifest, tuple(found)


class _TooLarge(Exception):
    """More bytes than a dossier has, be it by what they unpack to."""


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_DOSSIER:
            raise _TooLarge
        # Names twice would let a reader see another part than the one that was checked.
        if len(set(archive.namelist())) != len(archive.namelist()):
            raise zipfile.BadZipFile
        return {name: archive.read(name) for name in archive.namelist()}


def _is_sealed(files: Mapping[str, bytes], manifest: Manifest, crypto: Hasher, keys: AttestationKeys) -> bool:
    try:
        attested = keys.verify(KIND, files.get(SEAL, b"").decode("ascii", "replace").strip())
        seal = DossierSeal.model_validate_json(attested.statement)
    except (AttestationRefused, ValidationError):
        return False
    digest = crypto.digest(files[MANIFEST]).hex()
    return (seal.number, seal.version, seal.digest) == (manifest.number, manifest.version, digest)


def _is_chained(lines: bytes, manifest: Manifest, hashers: Mapping[str, Hasher]) -> bool:
    previous = GENESIS
    count = 0
    try:
        for count, line in enumerate(lines.splitlines(), start=1):
            said = RecordedEvent.model_validate_json(line)
            event = Recorded(
                position=BEGINNING,
                case_no=manifest.number,
                hash=bytes.fromhex(said.hash),
                previous_hash=bytes.fromhex(said.previous_hash),
                **said.model_dump(exclude={"hash", "previous_hash"}),
            )
            if link(hashers[said.suite], previous, manifest.number, count, event) != event.hash:
                return False
            previous = event.hash
    except (ValidationError, ValueError, KeyError):
        return False
    return count == manifest.version and previous.hex() == manifest.head
