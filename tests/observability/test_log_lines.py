import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from observability.correlation import bind, continued, current_traceparent
from observability.log_lines import JsonLines


class Lines:
    """A logger of its own and what it wrote."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        handler = logging.StreamHandler(self._stream)
        handler.setFormatter(JsonLines("gateway"))
        self.log = logging.Logger("gateway.cases")
        self.log.addHandler(handler)

    @property
    def last(self) -> dict[str, Any]:
        """The newest line."""
        line: dict[str, Any] = json.loads(self._stream.getvalue().splitlines()[-1])
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    return Lines()


def test_a_line_says_when_how_bad_where_and_what(lines: Lines) -> None:
    lines.log.warning("%d cases wait", 3)
    line = lines.last
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "warning", "logger": "gateway.cases", "role": "gateway", "message": "3 cases wait"}


def test_a_line_carries_the_ids_of_the_current_span(lines: Lines) -> None:
    with TracerProvider(shutdown_on_exit=False).get_tracer("t").start_as_current_span("s") as span:
        lines.log.warning("here")
    context = span.get_span_context()
    assert lines.last["trace_id"] == trace.format_trace_id(context.trace_id)
    assert lines.last["span_id"] == trace.format_span_id(context.span_id)


def test_what_is_bound_is_on_every_line_within_and_on_none_after(lines: Lines) -> None:
    with bind(case_no="4419-2026-000017"):
        with bind(item="tax-clearance", department="tax"):
            lines.log.warning("inner")
            assert {"case_no": "4419-2026-000017", "item": "tax-clearance", "department": "tax"}.items() <= (
                lines.last.items()
            )
        lines.log.warning("outer")
        assert lines.last["case_no"] == "4419-2026-000017"
        assert "item" not in lines.last
    lines.log.warning("after")
    assert "case_no" not in lines.last


async def test_cases_served_side_by_side_do_not_mix(lines: Lines) -> None:
    both = asyncio.Barrier(2)

    async def serve(case_no: str) -> str:
        with bind(case_no=case_no):
            await both.wait()
            lines.log.warning("serving")
            return str(lines.last["case_no"])

    assert await asyncio.gather(serve("4419-2026-000001"), serve("4419-2026-000002")) == [
        "4419-2026-000001",
        "4419-2026-000002",
    ]


async def test_a_stream_that_ends_in_another_context_may_bind() -> None:
    async def stream() -> AsyncIterator[int]:
        with bind(case_no="4419-2026-000017"):
            yield 1
            yield 2

    following = stream()
    await asyncio.create_task(anext(following))
    await asyncio.create_task(following.aclose())


def test_binding_marks_the_current_span() -> None:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("t")
    with tracer.start_as_current_span("s") as span, bind(case_no="4419-2026-000017", department="tax"):
        pass
    assert dict(span.attributes or {}) == {"onething.case_no": "4419-2026-000017", "onething.department": "tax"}


def test_work_taken_up_later_belongs_to_the_trace_it_was_stored_with() -> None:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("t")
    with tracer.start_as_current_span("accepted") as accepted:
        stored = current_traceparent()
    with continued(stored), tracer.start_as_current_span("started") as started:
        pass
    assert started.get_span_context().trace_id == accepted.get_span_context().trace_id


@pytest.mark.parametrize("stored", [None, "", "nonsense", "00-0-0-0"])
def test_without_a_stored_trace_a_new_one_begins(stored: str | None) -> None:
    with continued(stored), TracerProvider(shutdown_on_exit=False).get_tracer("t").start_as_current_span("s") as span:
        assert span.parent is None
    assert current_traceparent() is None


def test_numbers_and_names_are_redacted_wherever_they_stand(lines: Lines) -> None:
    person = "11010519491231002X"
    with bind(item=person):
        lines.log.error("%s asked", person, extra={"code": "13800138000", "applicant": "测试申请人甲"})
    assert lines.last["message"] == "[redacted] asked"
    assert lines.last["item"] == lines.last["code"] == "[redacted]"
    assert "applicant" not in lines.last


def test_an_exception_is_told_with_its_causes_and_without_the_values_it_quotes(lines: Lines) -> None:
    class Refused(Exception):
        code = "refused"

    try:
        try:
            int("测试申请人甲")
        except ValueError as cause:
            raise Refused("not a number") from cause
    except Refused:
        lines.log.exception("could not read the form")
    outer, inner = lines.last["errors"]
    assert (outer["code"], outer["reason"]) == ("refused", "not a number")
    assert inner["type"] == "ValueError"
    assert inner["reason"] == "invalid literal for int() with base 10: '[redacted]'"
    assert outer["stack"][-1].endswith("test_an_exception_is_told_with_its_causes_and_without_the_values_it_quotes")


def test_every_exception_of_a_group_is_told(lines: Lines) -> None:
    lines.log.error("both", exc_info=ExceptionGroup("two", [OSError("a"), KeyError("b")]))
    assert [told["type"] for told in lines.last["errors"]] == ["ExceptionGroup", "OSError", "KeyError"]


def test_an_exception_as_argument_is_told_the_same_way(lines: Lines) -> None:
    lines.log.warning("waiting: %s", RuntimeError("duplicate\nDETAIL: Key (owner)=(Wang)"))
    assert lines.last["message"] == "waiting: duplicate"


def test_a_message_that_does_not_fit_its_arguments_does_not_stop_the_work(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    lines.log.warning("%d cases", "three")
    lines.log.warning("still here")
    assert lines.last["message"] == "still here"


_PROCESS = """
import logging, threading, warnings, sys
from observability import logs
logs.setup("worker", level="INFO")
logs.setup("worker", level="INFO")
uvicorn = logging.getLogger("uvicorn.access")
uvicorn.info('%s - "%s %s HTTP/%s" %d', "10.1.2.3:999", "GET", "/cases?name=Wang", "1.1", 200)
logging.getLogger("httpx").info("HTTP Request: GET http://a/b")
logging.getLogger("asyncssh").info("[conn=0] Beginning auth for user %s at %s", "onething", "10.1.2.3")
warnings.warn("the person is 11010519491231002X")
def fail():
    raise ValueError("测试申请人甲")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_all_that_a_process_says_is_json_without_persons() -> None:
    done = subprocess.run([sys.executable, "-c", _PROCESS], capture_output=True, text=True, check=False)
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 1
    assert [line["logger"] for line in said] == [
        "uvicorn.access",
        "py.warnings",
        "onething.unhandled",
        "onething.unhandled",
    ]
    assert said[0]["message"] == '- - "GET /cases HTTP/1.1" 200'
    assert said[3]["errors"][0]["reason"] == "[redacted]"
    for person in ("10.1.2.3", "Wang", "测试申请人甲", "11010519491231002X"):
        assert person not in done.stderr


def test_threads_do_not_tear_lines(lines: Lines) -> None:
    threads = [threading.Thread(target=lambda: [lines.log.warning("x" * 500) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([json.loads(line) for line in lines._stream.getvalue().splitlines()]) == 200
