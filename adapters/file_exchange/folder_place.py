"""A folder of the file system, ours or a mounted one."""

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from adapters.file_exchange.place import Lying

_T = TypeVar("_T")


class FolderPlace:
    """`Place` below a folder."""

    def __init__(self, base: Path) -> None:
        self._base = base

    async def carry_out(self, work: Callable[[], _T]) -> _T:
        return await asyncio.to_thread(work)

    def make_folder(self, path: str) -> None:
        (self._base / path).mkdir(mode=0o700, exist_ok=True)

    def listed(self, folder: str) -> list[Lying]:
        found = []
        for entry in os.scandir(self._base / folder):
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            found.append(Lying(entry.name, seen.st_size, seen.st_mtime_ns, stat.S_ISREG(seen.st_mode)))
        return found

    def read(self, path: str, largest: int) -> bytes:
        opened = os.open(self._base / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(opened, "rb") as file:
            return file.read(largest)

    def write(self, path: str, content: bytes, mode: int) -> None:
        opened = os.open(self._base / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def replace(self, path: str, by: str) -> None:
        (self._base / by).rename(self._base / path)

    def publish(self, path: str, temporary: str) -> bool:
        try:
            os.link(self._base / temporary, self._base / path)
        except FileExistsError:
            return False
        finally:
            (self._base / temporary).unlink()
        return True

    def remove(self, path: str) -> None:
        (self._base / path).unlink(missing_ok=True)

    def exists(self, path: str) -> bool:
        return (self._base / path).exists()

    def settle(self, folder: str) -> None:
        opened = os.open(self._base / folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
