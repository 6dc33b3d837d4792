"""Spans as JSON lines in one file per role: traces of the embedded city, readable without any other program."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_span_id, format_trace_id

SUFFIX: Final = ".spans.jsonl"
LARGEST_FILE: Final = 64 * 2**20
"""Bytes; a full file becomes `<name>.1`, replacing the one before, so that a role keeps 128 MiB at most."""


def span_file(directory: Path, role: str) -> Path:
    """Where the role writes its spans."""
    return directory / f"{role}{SUFFIX}"


class SpanFile(SpanExporter):
    """Appends each span as one line of JSON and hands each batch to the operating system.

    The lines are our own: the SDK's `to_json` spells the resource out for each span, which makes it four times as slow.
    """

    def __init__(self, path: Path, *, largest: int = LARGEST_FILE) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._largest = largest
        self._file = _open(path)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write the spans."""
        try:
            self._file.write("".join(f"{span_line(span)}\n" for span in spans))
            self._file.flush()
            if self._file.tell() >= self._largest:
                self._file.close()
                os.replace(self._path, self._path.with_suffix(self._path.suffix + ".1"))
                self._file = _open(self._path)
        except (OSError, ValueError):  # a full disk, or closed: tracing must not disturb the work it watches
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        self._file.close()


def span_line(span: ReadableSpan) -> str:
    """One ended span as a line of JSON: service, name, ids (hexadecimal), kind, begin (UTC), milliseconds, …"""
    context = span.get_span_context()
    started, ended = span.start_time or 0, span.end_time or 0
    line: dict[str, Any] = {
        "service": span.resource.attributes.get("service.name"),
        "name": span.name,
        "trace_id": format_trace_id(context.trace_id) if context else None,
        "span_id": format_span_id(context.span_id) if context else None,
        "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
        "kind": span.kind.name.lower(),
        "begin": _time(started),
        "milliseconds": (ended - started) / 1e6,
        "status": span.status.status_code.name.lower(),
        "attributes": dict(span.attributes or {}),
    }
    if span.status.description:
        line["failure"] = span.status.description
    if span.events:
        line["events"] = [
            {"name": event.name, "time": _time(event.timestamp), "attributes": dict(event.attributes or {})}
            for event in span.events
        ]
    if span.links:
        line["links"] = [format_trace_id(link.context.trace_id) for link in span.links]
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _time(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat(timespec="microseconds")


def _open(path: Path) -> IO[str]:
    # Case numbers stand in it: for the owner's eyes only.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "a", encoding="utf-8", buffering=2**20)
