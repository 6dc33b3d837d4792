"""The last step before spans leave the process: unexpected attributes are dropped, texts are cleaned.

It works where batches are exported, in the exporter's thread, so that it costs the traced code nothing.
"""

import math
import re
import time
from collections.abc import Mapping, Sequence
from typing import Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import Attributes, AttributeValue

from observability.attributes import ALLOWED, FULL_URL
from observability.personal_data import redact

# Instrumentation writes "TypeName: message" as the description of a failure; the message may quote what a person wrote.
_ERROR_TYPE: Final = re.compile(r"[A-Za-z_][\w.]*(?=:|$)")


class SpanGuard(SpanExporter):
    """Passes spans on to another exporter with nothing in them but what `attributes.ALLOWED` names.

    Messages and stack traces of exceptions stay behind; the log line of the same trace id has them, cleaned.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._deadline = math.inf

    def finish_within(self, seconds: float) -> None:
        """Refuse batches after that time, so that a collector that is away does not hold up the end of a process."""
        self._deadline = time.monotonic() + seconds

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Clean and export."""
        if time.monotonic() > self._deadline:
            return SpanExportResult.FAILURE
        return self._exporter.export([cleaned(span) for span in spans])

    def shutdown(self) -> None:
        """Shut the other exporter down."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the other exporter; `timeout_millis` in milliseconds."""
        return self._exporter.force_flush(timeout_millis)


def cleaned(span: ReadableSpan) -> ReadableSpan:
    """A copy of an ended span that may leave the process."""
    return ReadableSpan(
        name=redact(span.name),
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=_allowed(span.attributes),
        events=[Event(event.name, _allowed(event.attributes), event.timestamp) for event in span.events],
        links=[Link(link.context, _allowed(link.attributes)) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code, _error_type(span.status.description)),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(attributes: Attributes) -> Mapping[str, AttributeValue]:
    return {key: _clean(key, value) for key, value in (attributes or {}).items() if key in ALLOWED}


def _clean(key: str, value: AttributeValue) -> AttributeValue:
    if not isinstance(value, str):
        # Numbers only: none of the allowed attributes is a list of texts.
        return value if isinstance(value, bool | int | float) else redact(str(value))
    return redact(value.partition("?")[0] if key in FULL_URL else value)


def _error_type(description: str | None) -> str | None:
    found = _ERROR_TYPE.match(description) if description else None
    return found[0] if found else None
