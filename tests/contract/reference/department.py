"""A department in memory, over real HTTP, that keeps to the contract; the wrong ones change one step of it."""

import asyncio
import itertools
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from security.signatures import sign
from security.signing_keys import SigningKey

TOKEN = "credential-of-the-reference"
_LARGEST = 1024 * 1024
_NEEDED = ("key", "case_no", "item", "department", "callback_url", "fields")
Answer = tuple[int, Any]


@dataclass
class Kept:
    body: dict[str, Any]
    answer: Answer
    raw: bytes = b""


@dataclass
class Department:
    """Takes, calls back after a moment, answers, undoes."""

    key: SigningKey
    kept: dict[str, Kept] = field(default_factory=dict)
    undone: dict[str, Answer] = field(default_factory=dict)
    references: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(trust_env=False, verify=False))

    async def submit(self, raw: bytes, key: str) -> Answer:
        try:
            body = self.opened(json.loads(raw))
            assert all(name in body for name in _NEEDED)
            assert isinstance(body["attempt"], int)
            assert body["key"] == key
        except (ValueError, TypeError, KeyError, AssertionError):
            return self.unreadable(raw)
        known = self.kept.get(key)
        if known is not None:
            return self.again(known, raw)
        if key in self.undone:
            return self.after_undoing(body)
        return self.take(body, raw)

    def opened(self, said: Any) -> Any:
        """The submission, out of its envelope in version 2."""
        return said["data"] if "specversion" in said else said

    def unreadable(self, raw: bytes) -> Answer:
        return 422, {"code": "unreadable"}

    def again(self, known: Kept, raw: bytes) -> Answer:
        return known.answer if raw == known.raw else (409, {"code": "key-conflict"})

    def after_undoing(self, body: dict[str, Any]) -> Answer:
        return 400, {"code": "undone", "reason": "已撤回"}

    def take(self, body: dict[str, Any], raw: bytes) -> Answer:
        answer: Answer = (202, {"reference": self.new_reference()})
        if body.get("operation") == "report":
            answer = (200, {"results": []})
        else:
            self.later(self.decide(body))
        self.kept[body["key"]] = Kept(body, answer, raw)
        return answer

    def new_reference(self) -> str:
        self.references += 1
        return f"R-{self.references}"

    def decision(self, body: dict[str, Any]) -> dict[str, Any]:
        decision: dict[str, Any] = {
            "decision_id": f"{body['key']}:decision",
            "case_no": body["case_no"],
            "item": body["item"],
            "attempt": body["attempt"],
            "verdict": "approved",
            "results": [{"id": "paper", "kind": "confirmation", "reference": f"P:{body['key']}"}],
        }
        if body.get("payment"):
            amount = body["payment"]["amount_fen"]
            decision["payment"] = {"amount_fen": amount, "currency": "CNY", "reference": f"M:{body['key']}"}
        return decision

    async def decide(self, body: dict[str, Any]) -> None:
        await asyncio.sleep(0.05)
        if body["key"] not in self.undone:
            await self.say(body)

    async def say(self, body: dict[str, Any]) -> None:
        decision = self.decision(body)
        title = {"zh": "证明", "en": "Paper"}
        results = [{**result, "title": title} for result in decision["results"]]
        answered = {name: decision[name] for name in ("payment",) if name in decision} | {"results": results}
        self.kept[body["key"]].body = {**body, "decided": answered}
        await self.send(body["callback_url"], decision)

    async def send(self, url: str, decision: dict[str, Any]) -> None:
        raw = json.dumps(decision).encode()
        for tries in itertools.count(1):
            if await self.post(url, raw) < 500:
                return
            await asyncio.sleep(0.05 * tries)

    async def post(self, url: str, raw: bytes) -> int:
        headers = {"Content-Type": "application/json"}
        try:
            answer = await self.client.post(url, content=raw, headers={**headers, **self.signed(url, headers, raw)})
        except httpx.HTTPError:
            return 599
        return answer.status_code

    def signed(self, url: str, headers: dict[str, str], raw: bytes) -> dict[str, str]:
        return sign("POST", url, headers, raw, self.key)

    def ask(self, key: str) -> Answer:
        if key.endswith(":undo") and key.removesuffix(":undo") in self.undone:
            return self.undone[key.removesuffix(":undo")]
        if key in self.undone:
            return 400, {"code": "undone", "reason": "已撤回"}
        known = self.kept.get(key)
        if known is None:
            return 404, {"code": "never-arrived"}
        return (200, known.body["decided"]) if "decided" in known.body else known.answer

    def undo(self, key: str, body: dict[str, Any]) -> Answer:
        if key not in self.undone:
            self.undone[key] = self.given_back(body)
        return self.undone[key]

    def given_back(self, body: dict[str, Any]) -> Answer:
        order = body.get("give_back")
        if order is None:
            return 200, {"results": []}
        paid = {"amount_fen": order["amount_fen"], "currency": "CNY", "reference": self.new_reference()}
        return 200, {"results": [], "payment": paid}

    def supply(self, key: str) -> Answer:
        return (200, {"results": []}) if key in self.kept else (404, {"code": "never-arrived"})

    def look_up(self, subject: dict[str, str]) -> Answer:
        if subject.get("number") != "1":
            return 404, {"code": "not-found"}
        return 200, {"fields": {"name": "测试企业甲有限公司"}, "as_of": "2026-03-02T01:00:00Z"}

    def listed(self, after: str, limit: str) -> Answer:
        return 404, {"code": "not-served"}

    def later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def respond(self, answer: Answer) -> Response:
        return Response(json.dumps(answer[1]), answer[0], media_type="application/json")

    async def handle(self, request: Request) -> Response:
        version = request.headers.get("onething-contract")
        if version not in {None, "2"}:
            return self.respond((406, {"code": "contract-unknown"}))
        response = await self.handled(request)
        if version is not None:
            response.headers["onething-contract"] = version
        return response

    async def handled(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.respond((401, {"code": "unauthorised"}))
        raw = await request.body()
        if len(raw) > _LARGEST:
            return self.respond((413, {"code": "too-large"}))
        key = request.path_params.get("key", "")
        match request.method, request.url.path.rpartition("/")[2]:
            case "GET", "decisions":
                return self.respond(self.listed(request.query_params.get("after", ""), request.query_params["limit"]))
            case "GET", _:
                return self.respond(self.ask(key))
            case _, "undo":
                return self.respond(self.undo(key, json.loads(raw)))
            case _, "materials":
                return self.respond(self.supply(key))
            case _, "lookups":
                return self.respond(self.look_up(json.loads(raw)["subject"]))
        return self.respond(await self.submit(raw, request.headers.get("idempotency-key", "")))


@asynccontextmanager
async def serving(department: Department) -> AsyncIterator[str]:
    """The department's address, while it serves."""
    routes = [
        Route("/submissions", department.handle, methods=["POST"]),
        Route("/submissions/{key}", department.handle, methods=["GET"]),
        Route("/submissions/{key}/undo", department.handle, methods=["POST"]),
        Route("/submissions/{key}/materials", department.handle, methods=["POST"]),
        Route("/decisions", department.handle, methods=["GET"]),
        Route("/datasets/{name}/lookups", department.handle, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_level="critical", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
            for sending in list(department.tasks):
                sending.cancel()
            await asyncio.gather(*department.tasks, return_exceptions=True)
            await department.client.aclose()
