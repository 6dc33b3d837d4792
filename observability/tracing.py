"""Tracing of one process: where its spans go, how much is sampled, and the libraries that make spans by themselves.

With neither a collector nor a folder given, no provider is installed and OpenTelemetry's own no-ops remain.
"""

import os
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import httpx
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, ReplaySafeTracerProvider, create_tracer_provider

from observability.span_files import SpanFile, span_file
from observability.span_guard import SpanGuard

if TYPE_CHECKING:
    from fastapi import FastAPI

# Probes and scrapes say nothing; a stream's span would last for hours and end after its trace was read.
_NOT_TRACED: Final = r"^\w+://[^/]+/(health|ready|metrics)/?$,/stream/?$"
_FILE_DELAY: Final = 200  # milliseconds until a span is in the file; a killed process loses that much
_COLLECTOR_DELAY: Final = 2_000  # milliseconds
_COLLECTOR_PATIENCE: Final = 3.0  # seconds per export
_LAST_EXPORTS: Final = 3.0  # seconds that a closing process goes on exporting
_QUEUE: Final = 8_192  # spans; more are dropped, the traced code never waits


class TracingAlreadySetUp(RuntimeError):
    """Tracing is set up once per process: OpenTelemetry's provider is global and cannot be exchanged."""

    code = "tracing-already-set-up"


class Tracing:
    """The tracing of this process. Close it when the role ends, also as a context manager."""

    def __init__(self, provider: ReplaySafeTracerProvider | None = None, guards: Sequence[SpanGuard] = ()) -> None:
        self._provider = provider
        self._guards = guards

    @property
    def enabled(self) -> bool:
        """Whether spans go anywhere."""
        return self._provider is not None

    def instrument_app(self, app: "FastAPI") -> None:
        """A span per request, in the caller's trace if it sends a `traceparent`. Call it before the first request."""
        if self._provider is not None:
            # Here and not above: a worker serves no application, and it would cost its start a tenth.
            from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

            FastAPIInstrumentor.instrument_app(
                app,
                tracer_provider=self._provider,
                meter_provider=NoOpMeterProvider(),
                excluded_urls=_NOT_TRACED,
                exclude_spans=["receive", "send"],
            )

    def instrument_client(self, client: httpx.AsyncClient) -> None:
        """A span per outgoing request, whose `traceparent` the other side receives."""
        if self._provider is not None:
            HTTPXClientInstrumentor.instrument_client(
                client, tracer_provider=self._provider, meter_provider=NoOpMeterProvider()
            )

    def temporal_plugins(self) -> list[OpenTelemetryPlugin]:
        """What goes into `Client.connect(plugins=…)`; workers take it over from their client. Empty when off.

        It makes one trace of starting a workflow, the workflow, its activities and what they call. Spans of workflow
        code get ids from the workflow's own random numbers and are not repeated by a replay.
        """
        return [OpenTelemetryPlugin(add_temporal_spans=True)] if self._provider is not None else []

    def flush(self) -> None:
        """Export what has ended, now; returns when it is written or was refused."""
        if self._provider is not None:
            self._provider.force_flush()

    def close(self) -> None:
        """Export what is left, for some seconds at most, and stop the exporters' threads. May be called twice."""
        provider, self._provider = self._provider, None
        if provider is not None:
            for guard in self._guards:
                guard.finish_within(_LAST_EXPORTS)
            provider.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def setup(
    role: str,
    *,
    otlp_endpoint: str | None = None,
    span_directory: Path | None = None,
    sample_ratio: float = 1.0,
) -> Tracing:
    """Set tracing up for this process.

    `role` becomes the service name and the file's name. `otlp_endpoint` is the collector's address without a path
    (`http://collector:4318`); `span_directory` takes one file of JSON lines per role. `sample_ratio` (0 to 1) counts
    for traces that begin here; others follow what their beginning decided.

    Errors: `TracingAlreadySetUp` on a second call that would install a provider.
    """
    # W3C trace context alone: baggage would carry whatever a caller writes into it on to every department.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    if otlp_endpoint is None and span_directory is None:
        return Tracing()
    if isinstance(trace.get_tracer_provider(), ReplaySafeTracerProvider):
        raise TracingAlreadySetUp("tracing is set up once per process")
    # The stable HTTP conventions; without it the instrumentation still writes the older names.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    provider = create_tracer_provider(
        sampler=ParentBased(TraceIdRatioBased(sample_ratio)),
        resource=Resource.create(
            {
                "service.namespace": "onething",
                "service.name": f"onething-{role}",
                "service.instance.id": f"{role}-{os.getpid()}-{time.time_ns():x}",
            }
        ),
        span_limits=SpanLimits(max_span_attributes=32, max_events=16, max_links=8, max_span_attribute_length=512),
    )
    _keep_tracers(provider)
    guards = []
    if span_directory is not None:
        guards.append(_export(provider, SpanFile(span_file(span_directory, role)), _FILE_DELAY))
    if otlp_endpoint is not None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        collector = OTLPSpanExporter(f"{otlp_endpoint.rstrip('/')}/v1/traces", timeout=_COLLECTOR_PATIENCE)
        guards.append(_export(provider, collector, _COLLECTOR_DELAY))
    trace.set_tracer_provider(provider)
    return Tracing(provider, guards)


def _export(provider: ReplaySafeTracerProvider, exporter: SpanExporter, delay: int) -> SpanGuard:
    guard = SpanGuard(exporter)
    provider.add_span_processor(
        BatchSpanProcessor(guard, max_queue_size=_QUEUE, schedule_delay_millis=delay, max_export_batch_size=512)
    )
    return guard


def _keep_tracers(provider: ReplaySafeTracerProvider) -> None:
    """Temporal's interceptors ask for their tracer with every span, and making one takes half as long as the span."""
    make = provider.get_tracer
    kept = lru_cache(maxsize=64)(make)

    def get_tracer(
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        if attributes:  # a dictionary: cannot be a key
            return make(instrumenting_module_name, instrumenting_library_version, schema_url, attributes)
        return kept(instrumenting_module_name, instrumenting_library_version, schema_url)

    provider.get_tracer = get_tracer  # type: ignore[method-assign]
