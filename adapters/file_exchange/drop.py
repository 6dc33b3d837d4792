"""The drop folder: batches to the department in ``out``, its batches in ``in``, and what we remember beside ours.

Every file appears whole or not at all (a temporary name, fsync, then its own). Workers write entries; one gateway at a
time (the collector's turn) makes batches of them and reads what came.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

from adapters.configuration.entry import Folder

_OURS: Final = ".onething"
_PARTS: Final = ("entries", "pending", "answers", "batches", "taken")


class Arrived(NamedTuple):
    """A file of the department as it lies there."""

    name: str
    size: int
    modified_ns: int
    is_file: bool

    @property
    def mark(self) -> list[int]:
        """By this it is recognised at the next look."""
        return [self.size, self.modified_ns]


class Drop:
    """Both folders of one department. Methods raise OSError while a folder is away."""

    def __init__(self, base: Path, folder: Folder) -> None:
        self.out = base / folder.out
        self.into = base / folder.into
        self._ours = self.out / _OURS

    def prepare(self) -> None:
        """Make what we keep beside our batches; the folder itself has to be there, or a mount would be missed."""
        self._ours.mkdir(mode=0o700, exist_ok=True)
        for part in _PARTS:
            (self._ours / part).mkdir(mode=0o700, exist_ok=True)

    def hold(self, part: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """Keep this under the name, once; what is held under it now, which may be what came first."""
        known = self.held(part, name)
        if known is not None:
            return known
        temporary = self._written(json.dumps(content, ensure_ascii=False).encode())
        try:
            os.link(temporary, self._path(part, name))
        except FileExistsError:
            known = self.held(part, name)
        finally:
            temporary.unlink()
        self._settle(self._ours / part)
        return content if known is None else known

    def put(self, part: str, name: str, content: dict[str, Any]) -> None:
        """Keep this under the name, in place of what was there."""
        self._written(json.dumps(content, ensure_ascii=False).encode()).rename(self._path(part, name))
        self._settle(self._ours / part)

    def held(self, part: str, name: str) -> dict[str, Any] | None:
        """What is kept under the name."""
        try:
            held: dict[str, Any] = json.loads(self._path(part, name).read_bytes())
        except FileNotFoundError:
            return None
        return held

    def names(self, part: str) -> list[str]:
        """All names of this part, the oldest first: an undoing goes behind what it undoes."""
        found = ((path.stat().st_mtime_ns, path.stem) for path in (self._ours / part).glob("*.json"))
        return [name for _, name in sorted(found)]

    def forget(self, part: str, name: str) -> None:
        """Keep nothing under the name any more."""
        self._path(part, name).unlink(missing_ok=True)

    def send(self, name: str, packed: bytes) -> None:
        """Lay a batch out for the department; the same name again is the same batch."""
        self._written(packed).rename(self.out / name)
        self._settle(self.out)

    def is_out(self, name: str) -> bool:
        """Whether the batch still lies there."""
        return (self.out / name).exists()

    def arrived(self) -> Iterator[Arrived]:
        """What the department laid down, by name; what has a temporary name is not finished."""
        for entry in sorted(os.scandir(self.into), key=lambda entry: entry.name):
            if entry.name.startswith(".") or not entry.name.endswith(".zip"):
                continue
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield Arrived(entry.name, seen.st_size, seen.st_mtime_ns, stat.S_ISREG(seen.st_mode))

    def read(self, arrived: Arrived, largest: int) -> bytes:
        """At most so many bytes of it. A name that became a link or a pipe meanwhile is not followed."""
        opened = os.open(self.into / arrived.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(opened, "rb") as file:
            return file.read(largest)

    def _path(self, part: str, name: str) -> Path:
        return self._ours / part / f"{name}.json"

    def _written(self, content: bytes) -> Path:
        temporary = self._ours / f".{uuid4().hex}.tmp"
        opened = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return temporary

    def _settle(self, folder: Path) -> None:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def name_of(key: str) -> str:
    """A key as the name of a file."""
    return hashlib.sha256(key.encode()).hexdigest()
