"""Spans as JSON lines in one file per role: traces of the embedded city, readable without any other program."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SpanExportResult

SUFFIX: Final = ".spans.jsonl"
LARGEST_FILE: Final = 64 * 2**20
"""Bytes; a full file becomes `<name>.1`, replacing the one before, so that a role keeps 128 MiB at most."""


def span_file(directory: Path, role: str) -> Path:
    """Where the role writes its spans."""
    return directory / f"{role}{SUFFIX}"


class SpanFile(ConsoleSpanExporter):
    """Appends each span as one line of JSON. A batch is one write, so that a line is never torn by a second process."""

    def __init__(self, path: Path, *, largest: int = LARGEST_FILE) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._largest = largest
        super().__init__(out=_open(path))

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write the spans and hand them to the operating system."""
        try:
            self.out.write("".join(f"{span.to_json(indent=None)}\n" for span in spans))
            self.out.flush()
            if self.out.tell() >= self._largest:
                self.out.close()
                os.replace(self._path, self._path.with_suffix(self._path.suffix + ".1"))
                self.out = _open(self._path)
        except (OSError, ValueError):  # a full disk, or closed: tracing must not disturb the work it watches
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        self.out.close()


def _open(path: Path) -> IO[str]:
    # Case numbers stand in it: for the owner's eyes only.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "a", encoding="utf-8", buffering=2**20)
