"""The directory: kinds, codes, and departments that change while calls are under way; over real HTTP on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from adapters.configuration.codes import Codes
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.directory import DepartmentDirectory, UnknownDepartment, open_directory
from adapters.kinds import Surroundings
from adapters.port import (
    CorrectionPoint,
    Done,
    NeedsCorrection,
    NeverArrived,
    Purpose,
    Refused,
    Submission,
    Taken,
    Unknown,
    UnknownCause,
)
from adapters.translated import in_our_words

KEY = "4419-2026-000017:tax-clearance:1"
SUBMISSION = Submission(
    key=KEY,
    case_no="4419-2026-000017",
    item="tax-clearance",
    attempt=1,
    department="tax",
    fields={"company.name": "测试企业甲有限公司"},
    callback_url="http://127.0.0.1/departments/tax/decisions",
    requested_at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
)


@dataclass
class Heard:
    """A department that notes what it hears, and answers all of it alike."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=lambda: {"results": []})
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
                body = await reader.readexactly(int(lines.get("content-length", 0)))
                self.requests.append({**lines, "path": head.split()[1], "body": json.loads(body or b"null")})
                self.arrived.set()
                await self.may_answer.wait()
                answer = json.dumps(self.body).encode()
                writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def department(status: int = 200, body: dict[str, Any] | None = None) -> AsyncIterator[Heard]:
    heard = Heard(status, body if body is not None else {"results": []})
    heard.may_answer.set()
    server = await asyncio.start_server(heard.serve, "127.0.0.1", 0)
    heard.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield heard
    finally:
        server.close()


def connection(heard: Heard, token: str = "one", **entry: Any) -> DepartmentConnection:
    written = DepartmentEntry.model_validate({"url": heard.url, **entry})
    return DepartmentConnection("tax", written, SecretStr(token), Path())


@pytest.mark.parametrize(
    ("kind", "status", "body", "outcome"),
    [
        ("http-push", 202, {"reference": "R"}, Taken(reference="R")),
        ("instant", 200, {"results": []}, Done()),
        ("instant", 400, {"code": "c", "reason": "r"}, Refused(code="c", reason="r")),
    ],
)
async def test_each_kind_is_opened_by_its_name(kind: str, status: int, body: dict[str, Any], outcome: object) -> None:
    async with department(status, body) as heard, open_directory([connection(heard, kind=kind)]) as directory:
        assert await directory.port("tax").submit(SUBMISSION) == outcome


async def test_who_decides_at_once_may_not_answer_taken() -> None:
    async with (
        department(202, {"reference": "R"}) as heard,
        open_directory([connection(heard, kind="instant")]) as directory,
    ):
        port = directory.port("tax")
        for outcome in (await port.submit(SUBMISSION), await port.ask(KEY)):
            assert isinstance(outcome, Unknown)
            assert outcome.cause is UnknownCause.NOT_INSTANT
        assert await port.undo(KEY, f"{KEY}:undo", "cancelled") == Taken(reference="R"), "an undoing may take its time"
        assert isinstance(await port.ask(f"{KEY}:undo"), Taken)


CODES = {"items": {"tax-clearance": "SW-0042"}, "reasons": {"E17": "materials-incomplete"}}


async def test_items_go_out_and_reasons_come_in_by_the_departments_own_codes() -> None:
    async with (
        department(400, {"code": "E17", "reason": "材料不全"}) as heard,
        open_directory([connection(heard, codes=CODES)]) as directory,
    ):
        port = directory.port("tax")
        refused = Refused(code="materials-incomplete", reason="材料不全")
        assert await port.submit(SUBMISSION) == refused
        assert await port.ask(KEY) == refused
        assert await port.undo(KEY, f"{KEY}:undo", "cancelled") == refused
        sent = heard.requests[0]
        assert sent["body"]["item"] == "SW-0042"
        assert sent["idempotency-key"] == sent["body"]["key"] == KEY, "the key is a name without a meaning"
        heard.body = {"code": "correction", "points": [{"code": "E17", "field_or_material": "x", "text": "y"}]}
        corrected = await port.submit(SUBMISSION)
        point = CorrectionPoint(code="materials-incomplete", field_or_material="x", text="y")
        assert corrected == NeedsCorrection(points=(point,))
        heard.status, heard.body = 404, {"code": "never-arrived"}
        assert await port.ask(KEY) == NeverArrived()
        await port.fetch("register", {"a": "b"}, Purpose(case_no="4419-2026-000017", item="tax-clearance", basis="法"))
        assert heard.requests[-1]["body"]["purpose"]["item"] == "SW-0042"


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ({"item": "SW-0042", "code": "E17"}, {"item": "tax-clearance", "code": "materials-incomplete"}),
        ({"item": "registration", "code": "E18"}, {"item": "registration", "code": "E18"}),
        ({"points": [{"code": "E17"}, "?"]}, {"points": [{"code": "materials-incomplete"}, "?"]}),
        ({"act": "returned", "reason": "E17"}, {"act": "returned", "reason": "materials-incomplete"}),
        ({"act": "extended", "reason": "E17"}, {"act": "extended", "reason": "E17"}),
        ({"item": ["SW-0042"], "points": 3, "code": None}, {"item": ["SW-0042"], "points": 3, "code": None}),
        ([1], [1]),
    ],
)
def test_what_a_department_sends_is_read_in_our_words(said: object, ours: object) -> None:
    assert json.loads(in_our_words(Codes.model_validate(CODES), json.dumps(said).encode())) == ours


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"item": "SW-0042"'])
def test_what_is_no_json_stays_as_it_came(body: bytes) -> None:
    assert in_our_words(Codes.model_validate(CODES), body) == body


async def test_a_call_under_way_ends_on_the_old_connection_and_the_next_goes_the_new_way() -> None:
    async with department() as old, department(400, {"code": "c", "reason": "r"}) as new:
        old.may_answer.clear()
        async with open_directory([connection(old)]) as directory:
            under_way = asyncio.create_task(directory.port("tax").submit(SUBMISSION))
            await old.arrived.wait()
            await directory.take([connection(new, token="two")])
            assert isinstance(await directory.port("tax").submit(SUBMISSION), Refused)
            assert new.requests[0]["authorization"] == "bearer two"
            old.may_answer.set()
            assert await under_way == Done()


async def test_a_department_that_stays_as_it_was_keeps_its_connection() -> None:
    async with department() as heard, open_directory([connection(heard)]) as directory:
        port = directory.port("tax")
        await port.submit(SUBMISSION)
        await directory.take([connection(heard)])
        assert directory.port("tax") is port
        await directory.port("tax").submit(SUBMISSION)
        assert (heard.connections, len(heard.requests)) == (1, 2)


async def test_connections_given_up_are_closed_once_no_call_can_be_under_way() -> None:
    clients: list[httpx.AsyncClient] = []
    async with department() as heard:
        directory = DepartmentDirectory(Surroundings(trace=clients.append), lingers_seconds=0.01)
        await directory.take([connection(heard)])
        await directory.take([connection(heard, token="two")])
        assert [client.is_closed for client in clients] == [False, False]
        async with asyncio.timeout(30):
            while not clients[0].is_closed:  # noqa: ASYNC110 - nobody tells when a client was closed
                await asyncio.sleep(0.01)
        assert not clients[1].is_closed
        await directory.take([])
        await directory.close()
        assert clients[1].is_closed
        with pytest.raises(UnknownDepartment):
            directory.port("tax")


async def test_if_one_cannot_be_opened_nothing_changes() -> None:
    async with department() as heard, open_directory([connection(heard)]) as directory:
        port = directory.port("tax")
        nowhere = DepartmentConnection("bank", DepartmentEntry(), SecretStr("x"), Path())
        with pytest.raises(ValidationError):
            await directory.take([connection(heard, token="two"), nowhere])
        assert (directory.port("tax"), directory.codes) == (port, ("tax",))
        assert await port.submit(SUBMISSION) == Done()
