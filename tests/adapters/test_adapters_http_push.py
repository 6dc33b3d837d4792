"""What the network does ends in an answer: a server that hangs, drips, breaks off or floods, over real sockets."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime

import pytest
from pydantic import HttpUrl, SecretStr, ValidationError

from adapters.directory import DepartmentDirectory, UnknownDepartment
from adapters.http_push import LARGEST_ANSWER_BYTES, HttpPushDepartment, HttpPushSettings, open_client
from adapters.kinds import Surroundings
from adapters.port import DepartmentPort, Done, Purpose, SourceUnavailable, Standing, Submission, Unknown, UnknownCause

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SUBMISSION = Submission(
    key="4419-2026-000001:tax-clearance:1",
    case_no="4419-2026-000001",
    item="tax-clearance",
    attempt=1,
    department="tax",
    fields={"company.name": "测试企业甲有限公司"},
    callback_url="http://127.0.0.1/departments/tax/decisions",
    requested_at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
)


@asynccontextmanager
async def department(serve: Serve, read_seconds: float = 30, connections: int = 20) -> AsyncIterator[DepartmentPort]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(ConnectionError):  # some of these tests are about callers that hang up
            await serve(reader, writer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with opened(_settings(port, read_seconds, connections)) as tax:
            yield tax
    finally:
        server.close()


@asynccontextmanager
async def opened(settings: HttpPushSettings) -> AsyncIterator[DepartmentPort]:
    async with open_client(settings) as client:
        yield HttpPushDepartment("tax", settings, client)


def _settings(port: int, read_seconds: float = 30, connections: int = 20) -> HttpPushSettings:
    return HttpPushSettings(
        endpoint=HttpUrl(f"http://127.0.0.1:{port}/tax/"),
        credential=SecretStr("our-credential"),
        connect_seconds=0.2,
        read_seconds=read_seconds,
        connections=connections,
    )


def _cause(outcome: Standing) -> UnknownCause:
    assert isinstance(outcome, Unknown)
    assert outcome.detail.startswith("tax ")
    return outcome.cause


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    return head[0], headers, await reader.readexactly(int(headers.get("content-length", "0")))


async def test_a_submission_carries_key_credential_and_body() -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await _read_request(reader))
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"results":[]}')
        await writer.drain()

    async with department(serve) as port:
        assert await port.submit(SUBMISSION) == Done()
    ((line, headers, body),) = seen
    assert line == "POST /tax/submissions HTTP/1.1"
    assert headers["idempotency-key"] == SUBMISSION.key
    assert headers["authorization"] == "Bearer our-credential"
    assert Submission.model_validate_json(body) == SUBMISSION


async def test_a_department_that_hangs() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with department(serve, read_seconds=0.1) as port:
        assert _cause(await port.submit(SUBMISSION)) is UnknownCause.TIMED_OUT
        lookup = await port.fetch("data", {}, Purpose(case_no=SUBMISSION.case_no, basis="x"))
        assert isinstance(lookup, SourceUnavailable)
        assert lookup.cause is UnknownCause.TIMED_OUT


async def test_an_answer_that_drips_in_is_cut_off_as_a_whole() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with department(serve, read_seconds=0.3) as port:
        assert _cause(await port.submit(SUBMISSION)) is UnknownCause.TIMED_OUT


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    async with opened(_settings(free)) as tax:
        assert _cause(await tax.submit(SUBMISSION)) is UnknownCause.UNREACHABLE


async def test_our_own_connections_are_all_taken() -> None:
    arrived, let = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        arrived.set()
        await let.wait()
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"results":[]}')
        await writer.drain()

    async with department(serve, connections=1) as port:
        first = asyncio.create_task(port.submit(SUBMISSION))
        await arrived.wait()
        second = await port.ask(SUBMISSION.key)
        assert _cause(second) is UnknownCause.BUSY_HERE
        assert isinstance(second, Unknown)
        assert "all our own connections to it are taken" in second.detail
        let.set()
        assert await first == Done()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", b"nonsense\r\n\r\n"])
async def test_an_answer_that_breaks_off(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(answer)
        await writer.drain()

    async with department(serve) as port:
        assert _cause(await port.submit(SUBMISSION)) is UnknownCause.CONNECTION_BROKEN


async def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            writer.write(b" " * LARGEST_ANSWER_BYTES)
            await writer.drain()

    async with department(serve) as port:
        assert _cause(await port.submit(SUBMISSION)) is UnknownCause.ANSWER_TOO_LARGE


async def test_a_compressed_answer_is_not_unfolded() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        body = gzip.compress(b'{"results":[]}')
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()

    async with department(serve) as port:
        assert _cause(await port.submit(SUBMISSION)) is UnknownCause.ANSWER_UNREADABLE


async def test_a_redirect_is_not_followed() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(b"HTTP/1.1 307 Elsewhere\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with department(serve) as port:
        assert _cause(await port.submit(SUBMISSION)) is UnknownCause.UNEXPECTED_STATUS


def test_an_unknown_department_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UnknownDepartment, match="'moon'; known are none"):
        DepartmentDirectory(Surroundings()).port("moon")


def test_a_key_must_name_its_attempt_and_travel_unescaped() -> None:
    with pytest.raises(ValidationError, match="must be 4419-2026-000001:tax-clearance:2"):
        Submission.model_validate(SUBMISSION.model_dump() | {"attempt": 2})
    with pytest.raises(ValidationError, match="pattern"):
        Submission.model_validate(SUBMISSION.model_dump() | {"item": "a/b", "key": "4419-2026-000001:a/b:1"})
