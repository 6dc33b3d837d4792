"""The departments' side of the HTTP contract, one path prefix per department code.

Plain Starlette on purpose: these routes carry every submission of a benchmark that shares its two cores.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping

from pydantic import SecretStr, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.contract_versions import HEADER, SubmissionEvent
from adapters.sandbox import answers
from adapters.sandbox.answers import Reply
from adapters.sandbox.city import City
from adapters.sandbox.reception import Received, Trace

_OVERTAKING_SECONDS = 2.0
"""How long a reply is held back for a decision that overtakes it: below any caller's time-out."""
_UNKNOWN_DEPARTMENT = answers.problem(404, "unknown-department", "The sandbox has no such department.")
_UNAUTHORISED = answers.problem(401, "unauthorised", "The bearer credential is missing or not this department's.")

_UNKNOWN_CONTRACT = answers.problem(406, "contract-unknown", "This version of the contract is not spoken here.")
_VERSIONS = ("2",)

Endpoint = Callable[[Request], Awaitable[Response]]
Desk = Callable[[City, str, Request], Awaitable[Response]]


class _DroppedConnection(Response):
    """Begins an answer and never ends it: the server then closes the connection, as when a reply is lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def department_routes(credentials: Mapping[str, SecretStr]) -> list[Route]:
    """The routes of all departments; each accepts its own bearer credential only."""
    expected = {
        department: f"Bearer {credential.get_secret_value()}".encode() for department, credential in credentials.items()
    }

    def guarded(desk: Desk) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            department = request.path_params["department"]
            credential = expected.get(department)
            if credential is None:
                return _response(_UNKNOWN_DEPARTMENT)
            if not hmac.compare_digest(request.headers.get("authorization", "").encode(), credential):
                return _response(_UNAUTHORISED)
            version = request.headers.get(HEADER)
            if version is not None and version not in _VERSIONS:
                return _response(_UNKNOWN_CONTRACT)
            response = await desk(request.state.city, department, request)
            if version is not None:
                response.headers[HEADER] = version
            return response

        return endpoint

    return [
        Route("/{department}/submissions", guarded(_submit), methods=["POST"]),
        Route("/{department}/submissions/{key}", guarded(_ask), methods=["GET"]),
        Route("/{department}/submissions/{key}/undo", guarded(_undo), methods=["POST"]),
        Route("/{department}/submissions/{key}/materials", guarded(_supply), methods=["POST"]),
        Route("/{department}/decisions", guarded(_decisions), methods=["GET"]),
        Route("/{department}/datasets/{dataset}/lookups", guarded(_look_up), methods=["POST"]),
        Route("/{department}/licences/{type}/lookups", guarded(_licence), methods=["POST"]),
    ]


async def _submit(city: City, department: str, request: Request) -> Response:
    key = request.headers.get("idempotency-key", "")
    body = await request.body()
    if HEADER in request.headers:
        try:
            body = SubmissionEvent.model_validate_json(body).data.model_dump_json().encode()
        except ValidationError:
            body = b""
    return await _answer(city, city.reception.submit(department, key, body, _trace(request)))


async def _undo(city: City, department: str, request: Request) -> Response:
    key, undo_key = request.path_params["key"], request.headers.get("idempotency-key", "")
    body = await request.body()
    return await _answer(city, city.reception.undo(department, key, undo_key, body, _trace(request)))


async def _supply(city: City, department: str, request: Request) -> Response:
    key, own_key = request.path_params["key"], request.headers.get("idempotency-key", "")
    body = await request.body()
    return await _answer(city, city.reception.supply(department, key, own_key, body, _trace(request)))


async def _ask(city: City, department: str, request: Request) -> Response:
    return _response(city.reception.ask(department, request.path_params["key"], _trace(request)))


async def _decisions(city: City, department: str, request: Request) -> Response:
    return _response(
        city.kept.page(department, request.query_params.get("after", ""), request.query_params.get("limit", ""))
    )


async def _look_up(city: City, department: str, request: Request) -> Response:
    dataset, body = request.path_params["dataset"], await request.body()
    return _response(city.reception.look_up(department, dataset, body, _trace(request)))


async def _licence(city: City, department: str, request: Request) -> Response:
    licence_type, body = request.path_params["type"], await request.body()
    return _response(city.reception.licence(department, licence_type, body, _trace(request)))


async def _answer(city: City, received: Received) -> Response:
    if received.due_at is not None:
        city.sender.wake_for(received.due_at)
    if received.after_sending is not None:
        await city.sender.wait_until_tried(received.after_sending, _OVERTAKING_SECONDS)
    reply = received.reply
    if reply.after_seconds:
        await asyncio.sleep(reply.after_seconds)
    if reply.lost:
        return _DroppedConnection()
    if reply.shown is not None:
        return Response(reply.shown, 200, media_type="text/html")
    return _response(answers.CONFLICT if reply.exists else reply)


def _response(reply: Reply) -> Response:
    media_type = "application/json" if reply.status < 400 else "application/problem+json"
    return Response(reply.body, reply.status, media_type=media_type)


def _trace(request: Request) -> Trace:
    return Trace(request.headers.get("traceparent", ""), request.headers.get("tracestate", ""))
