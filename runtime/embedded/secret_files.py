"""Secrets that are made once and kept in files only their owner may read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path


def kept_secret(file: Path, new: Callable[[], str]) -> str:
    """The secret in `file`, made with `new` on the first call.

    The file appears complete or not at all, and two processes that come at the same time get the same secret.
    """
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(new())
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text()


def write_private(file: Path, text: str) -> None:
    """Write a file anew that only its owner may read; it appears complete or not at all."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    fresh.rename(file)
