import json
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode, Tracer

from observability.attributes import Attribute
from observability.span_files import SpanFile, span_file
from observability.span_guard import SpanGuard


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exported: InMemorySpanExporter) -> Tracer:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(SpanGuard(exported)))
    return provider.get_tracer("test")


def _the_one(exported: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exported.get_finished_spans()
    return span


def test_expected_attributes_pass_and_all_others_are_dropped(tracer: Tracer, exported: InMemorySpanExporter) -> None:
    expected = {Attribute.CASE_NO: "4419-2026-000017", Attribute.ATTEMPT: 2, "http.route": "/cases/{no}"}
    unexpected = {"applicant": "Wang", "user_agent.original": "curl", "client.address": "10.1.2.3", "url.query": "a=b"}
    with tracer.start_as_current_span("s", attributes={**expected, **unexpected}):
        pass
    assert dict(_the_one(exported).attributes or {}) == expected


def test_urls_lose_their_query_and_what_tells_of_a_person(tracer: Tracer, exported: InMemorySpanExporter) -> None:
    with tracer.start_as_current_span("s") as span:
        span.set_attribute("url.full", "https://tax.example/people/11010519491231002X?name=Wang#x")
        span.set_attribute("url.path", "/people/测试申请人甲")
    assert dict(_the_one(exported).attributes or {}) == {
        "url.full": "https://tax.example/people/[redacted]",
        "url.path": "/people/[redacted]",
    }


def test_of_a_failure_only_its_type_leaves(tracer: Tracer, exported: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Wang"), tracer.start_as_current_span("s"):
        raise ValueError("Wang is unknown")
    span = _the_one(exported)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert [dict(event.attributes or {}) for event in span.events] == [
        {"exception.type": "ValueError", "exception.escaped": "False"}
    ]


def test_a_description_in_words_does_not_leave(tracer: Tracer, exported: InMemorySpanExporter) -> None:
    with tracer.start_as_current_span("s") as span:
        span.set_status(Status(StatusCode.ERROR, "Wang is unknown"))
    assert _the_one(exported).status.description is None


def test_identity_kind_and_times_stay(tracer: Tracer, exported: InMemorySpanExporter) -> None:
    with tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner") as inner:
        pass
    assert isinstance(inner, ReadableSpan)
    copy = exported.get_finished_spans()[0]
    for part in ("name", "context", "parent", "kind", "start_time", "end_time", "resource", "instrumentation_scope"):
        assert getattr(copy, part) == getattr(inner, part)


def test_after_its_time_a_closing_process_exports_no_more(exported: InMemorySpanExporter) -> None:
    guard = SpanGuard(exported)
    guard.finish_within(-1.0)
    assert guard.export([]) is SpanExportResult.FAILURE


def test_a_file_keeps_one_line_per_span_and_starts_anew_when_full(tmp_path: Path) -> None:
    path = span_file(tmp_path / "spans", "worker")
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(SpanFile(path, largest=1)))
    for name in ("first", "second", "third"):
        provider.get_tracer("test").start_span(name).end()
    assert path.name == "worker.spans.jsonl"
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text() == ""
    kept = path.with_name("worker.spans.jsonl.1").read_text().splitlines()
    assert [json.loads(line)["name"] for line in kept] == ["third"]
    provider.shutdown()


def test_a_restarted_role_appends(tmp_path: Path) -> None:
    for name in ("before", "after"):
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(SpanFile(tmp_path / "gateway.spans.jsonl")))
        provider.get_tracer("test").start_span(name).end()
        provider.shutdown()
    lines = (tmp_path / "gateway.spans.jsonl").read_text().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["before", "after"]


def test_a_closed_file_does_not_disturb(tmp_path: Path) -> None:
    exporter = SpanFile(tmp_path / "gateway.spans.jsonl")
    exporter.shutdown()
    provider = TracerProvider(shutdown_on_exit=False)
    assert exporter.export([provider.get_tracer("t").start_span("late")]) is SpanExportResult.FAILURE  # type: ignore[list-item]
