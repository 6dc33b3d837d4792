"""The receiving end of decisions: takes them over real HTTP and answers as it is told."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from pydantic_core import from_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass(frozen=True)
class ReceivedDecision:
    department: str
    url: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = from_json(self.raw)
        return body


@dataclass
class Inbox:
    """Decisions in the order in which they came. ``answers`` are the next statuses; 200 when there are none."""

    url: str = ""
    decisions: list[ReceivedDecision] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def callback_url(self, department: str) -> str:
        return f"{self.url}/departments/{department}/decisions"

    def of(self, case_no: str) -> list[ReceivedDecision]:
        return [decision for decision in self.decisions if decision.body["case_no"] == case_no]

    async def wait_for(self, case_no: str, count: int = 1, seconds: float = 30) -> list[ReceivedDecision]:
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.of(case_no)) >= count)
            return self.of(case_no)

    async def receive(self, request: Request) -> JSONResponse:
        decision = ReceivedDecision(
            request.path_params["department"], str(request.url), dict(request.headers), await request.body()
        )
        async with self._changed:
            self.decisions.append(decision)
            self._changed.notify_all()
        status = self.answers.pop(0) if self.answers else 200
        return JSONResponse({"outcome": "counted"} if status == 200 else {"code": "told-to"}, status)


@asynccontextmanager
async def open_inbox() -> AsyncIterator[Inbox]:
    inbox = Inbox()
    app = Starlette(routes=[Route("/departments/{department}/decisions", inbox.receive, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        inbox.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield inbox
        finally:
            server.should_exit = True
            await serving
