"""Setting tracing up: each case in a process of its own, as the provider is global."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from observability.tracing import setup

ROOT = Path(__file__).parent.parent.parent


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_without_a_destination_nothing_is_installed() -> None:
    with setup("gateway") as tracing:
        app = FastAPI()
        stack = app.build_middleware_stack
        async with httpx.AsyncClient() as client:
            transport = client._transport.handle_async_request
            tracing.instrument_app(app)
            tracing.instrument_client(client)
            assert client._transport.handle_async_request == transport
        assert app.build_middleware_stack == stack
        assert tracing.temporal_plugins() == []
        assert not tracing.enabled
        tracing.flush()
    assert not trace.get_tracer("test").start_span("s").is_recording()


def test_a_second_set_up_in_one_process_is_refused(tmp_path: Path) -> None:
    done = _run(
        "import sys, pathlib\n"
        "from observability.tracing import TracingAlreadySetUp, setup\n"
        "with setup('worker', span_directory=pathlib.Path(sys.argv[1])):\n"
        "    try: setup('gateway', span_directory=pathlib.Path(sys.argv[1]))\n"
        "    except TracingAlreadySetUp as refused: print(refused.code)\n",
        str(tmp_path),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "tracing-already-set-up\n", "")


@pytest.mark.parametrize(("ratio", "written"), [("0", 0), ("1", 3)])
def test_the_ratio_decides_for_traces_that_begin_here(tmp_path: Path, ratio: str, written: int) -> None:
    done = _run(
        "import sys, pathlib\n"
        "from opentelemetry import trace\n"
        "from observability.tracing import setup\n"
        "with setup('worker', span_directory=pathlib.Path(sys.argv[1]), sample_ratio=float(sys.argv[2])):\n"
        "    for _ in range(3): trace.get_tracer('t').start_span('s').end()\n",
        str(tmp_path),
        ratio,
    )
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "worker.spans.jsonl").read_text().splitlines()) == written


class _Collector(BaseHTTPRequestHandler):
    received: list[tuple[str, ExportTraceServiceRequest]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        self.received.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, ExportTraceServiceRequest]]]]:
    received: list[tuple[str, ExportTraceServiceRequest]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Collector", (_Collector,), {"received": received}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", received
    server.shutdown()
    server.server_close()
    thread.join()


_ONE_SPAN = """
import sys
from opentelemetry import trace
from observability.tracing import setup
with setup("worker", otlp_endpoint=sys.argv[1]):
    for number in range(int(sys.argv[2])):
        trace.get_tracer("t").start_span("s", attributes={"http.route": "/x", "applicant": "Wang"}).end()
"""


def test_a_collector_receives_the_spans_that_were_left_at_the_end(
    collector: tuple[str, list[tuple[str, ExportTraceServiceRequest]]],
) -> None:
    address, received = collector
    done = _run(_ONE_SPAN, address, "1")
    assert done.returncode == 0, done.stderr
    ((path, request),) = received
    assert path == "/v1/traces"
    (resource_spans,) = request.resource_spans
    names = {kept.key: kept.value.string_value for kept in resource_spans.resource.attributes}
    assert (names["service.namespace"], names["service.name"]) == ("onething", "onething-worker")
    (span,) = resource_spans.scope_spans[0].spans
    assert [kept.key for kept in span.attributes] == ["http.route"]


async def test_a_collector_that_never_answers_does_not_hold_up_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        # Without a deadline of ours this many batches take the SDK's 30 seconds; the start of Python is slow here too.
        async with asyncio.timeout(25):
            done = await asyncio.to_thread(_run, _ONE_SPAN, address, "8000")
    assert done.returncode == 0
