"""Where the embedded servers keep their data, and who may reach it.

Run by root, PostgreSQL needs an unprivileged user, who must be able to pass through every folder above the data. The
permissions of a folder that we did not make are left as they are: where they are in the way, we say so.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from runtime.embedded.faults import DirectoryTaken

PASSABLE = 0o711
PRIVATE = 0o700


def default_data_dir(project: Path | None = None) -> Path:
    """The data directory of the embedded city when none is set.

    For root a folder in /var/tmp, because a home folder is closed to the database's own user; for anybody else
    `.onething` in the project's folder. `project` is the folder the city belongs to, the current one when None.
    """
    place = (project or Path.cwd()).resolve()
    if os.geteuid() != 0:
        return place / ".onething"
    mark = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
    return Path("/var/tmp") / f"onething-{os.geteuid()}-{mark}"  # noqa: S108 - owner checked when it is made


def make_data_dir(directory: Path) -> Path:
    """Make `directory` (and what is missing above it) if need be, and return its absolute path.

    New folders can be passed through by root's helper user but not listed; nothing that existed is changed.

    Errors: `DirectoryTaken` when the folder belongs to another user: in a folder open to all, somebody else could
    have made it first to read our secrets.
    """
    directory = directory.expanduser().absolute()
    mode = PASSABLE if os.geteuid() == 0 else PRIVATE
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=mode)
            folder.chmod(mode)
    owner = directory.stat().st_uid
    if owner != os.geteuid():
        raise DirectoryTaken(
            f"{directory} belongs to user {owner}, not to you: set ONETHING_DATA_DIR to your own folder"
        )
    return directory


@contextlib.contextmanager
def scratch_data_dir(name: str = "onething") -> Iterator[Path]:
    """A temporary data directory that the embedded servers can use, also as root; removed at the end.

    pytest's own `tmp_path` is closed to other users, so that PostgreSQL started by root cannot live there.
    """
    directory = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    directory.chmod(PASSABLE if os.geteuid() == 0 else PRIVATE)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def closed_folder(path: Path, user: int, group: int) -> Path | None:
    """The first folder on the way to `path` (itself included) that this user and group cannot pass through, or None."""
    path = path.resolve()
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            return None
        facts = folder.stat()
        if facts.st_uid == user:
            bit = stat.S_IXUSR
        elif facts.st_gid == group:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if folder.is_dir() and not facts.st_mode & bit:
            return folder
    return None


class DirectoryLock:
    """Holds a data directory for one process; gone with the process, however it ends.

    The file keeps the holder's pid for people; the lock itself is the kernel's, so a stale file never blocks.
    """

    def __init__(self, directory: Path, what: str) -> None:
        self._file = directory / "lock"
        self._what = what
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock. Errors: `DirectoryTaken`, naming the holder's pid."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise DirectoryTaken(
                f"{self._what} in {self._file.parent} is already running (process {holder}): "
                "stop it first, or set ONETHING_DATA_DIR to another folder"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the directory free; without effect when it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
