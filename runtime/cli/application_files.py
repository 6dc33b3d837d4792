"""The files of an application's materials: named beside the application, uploaded, and handed in by their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from one_things.contents import kind_of
from one_things.faults import Fault
from one_things.text import Text

if TYPE_CHECKING:
    from runtime.cli.gateway_client import GatewayClient

_LARGEST = 64_000_000  # bytes; the gateway takes less, and says how much


class NamedFile(NamedTuple):
    """A material whose content lies in a file: its place in the list of materials, its id and what is in the file."""

    place: int
    material: str
    content: bytes


class Files(NamedTuple):
    """The files that an application names, and every fault of them; ``faulty`` are the places of the faulty ones."""

    named: tuple[NamedFile, ...]
    faults: tuple[Fault, ...]
    faulty: frozenset[int]

    @property
    def there_are(self) -> bool:
        """Whether the application names any file at all."""
        return bool(self.named or self.faults)


def files_of(application: Mapping[str, Any], folder: Path) -> Files:
    """The files of its materials (``{id: …, file: …}``), each path relative to ``folder``."""
    materials = application.get("materials")
    entries = list(enumerate(materials)) if isinstance(materials, list) else []
    entries = [(place, entry) for place, entry in entries if isinstance(entry, Mapping)]
    if not any("file" in entry for _, entry in entries):
        return Files((), (), frozenset())
    named: list[NamedFile] = []
    faults: list[Fault] = []
    faulty: set[int] = set()
    if "draft" in application:
        faults.append(_fault("draft", "draft-and-files", *_DRAFT))
    for place, entry in entries:
        found = _content(entry, folder, str(entry.get("id", place)))
        if isinstance(found, Fault):
            faults.append(found)
            faulty.add(place)
        else:
            named.append(NamedFile(place, str(entry.get("id", place)), found))
    return Files(tuple(named), tuple(faults), frozenset(faulty))


def uploaded(gateway: GatewayClient, application: Mapping[str, Any], files: Files, key: str) -> dict[str, Any]:
    """The application with the files in a draft and their digests in their places. What is faulty is left out of it.

    The draft follows from the idempotency ``key``: sent once more it is the same application.

    Raises ApplicationFaulty with every fault of the files, and of the rest of the application, at once.
    """
    from runtime.cli.gateway_client import ApplicationFaulty, UploadRefused

    draft = "cli-" + hashlib.sha256(key.encode()).hexdigest()[:40]
    faults, faulty, digests = list(files.faults), set(files.faulty), {}
    for file in files.named:
        try:
            digests[file.place] = gateway.upload(draft, file.content)
        except UploadRefused as refused:
            faults.append(_fault(f"materials.{file.material}", "content-refused", refused.title, refused.fix))
            faulty.add(file.place)
    written = [
        {"id": entry["id"], "digest": digests[place]} if place in digests else entry
        for place, entry in enumerate(application["materials"])
        if place not in faulty
    ]
    complete = {**application, "materials": written}
    if not faults:
        return {**complete, "draft": draft}
    told = {fault.field for fault in faults}
    complete.pop("draft", None)
    faults += [fault for fault in gateway.faults_of(complete) if fault.field not in told]
    raise ApplicationFaulty("The application is not accepted", tuple(faults))


def _content(entry: Mapping[str, Any], folder: Path, material: str) -> bytes | Fault:
    field = f"materials.{material}"
    if "file" not in entry or "digest" in entry:
        return _fault(field, "file-or-digest", *_ONE_WAY)
    place = entry["file"]
    if not isinstance(place, str) or not place.strip():
        return _fault(field, "file-not-named", *_NOT_NAMED)
    path = folder / place
    try:
        if not path.is_file():
            return _fault(field, "file-not-there", f"There is no file {path}.", _PATH_FIX)
        if path.stat().st_size > _LARGEST:
            return _fault(field, "file-too-large", f"{path} is larger than anything that is taken.", "Make it smaller.")
        content = path.read_bytes()
    except OSError as error:
        return _fault(
            field, "file-unreadable", f"{path} cannot be read: {error.strerror}.", "Make it readable for you."
        )
    if kind_of(content) is None:
        return _fault(field, "file-kind", f"{path} is no PDF, OFD, JPEG or PNG.", "Hand it in as one of these.")
    return content


def _fault(field: str, code: str, reason: str, fix: str) -> Fault:
    # The command speaks English alone; a fault has room for both languages.
    return Fault(field=field, code=code, reason=Text(zh=reason, en=reason), fix=Text(zh=fix, en=fix))


_PATH_FIX = "Write its path relative to the file of the application."
_DRAFT = ("The files are uploaded to a draft of their own.", "Leave `draft:` out, or give digests instead of files.")
_ONE_WAY = (
    "Once one material is given by its file, all are.",
    "Give each material a `file:` and no `digest:`; or all of them digests.",
)
_NOT_NAMED = ("`file:` names no file.", _PATH_FIX)
