"""The endpoints of the contract. Run: uvicorn app.main:app --port 8000"""

{% if not polled %}
import asyncio
{% endif %}
import contextlib
import hmac
import logging
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from app import deciding
{% if not polled %}
from app.callbacks import send_decisions
{% endif %}
from app.contract import NEWEST, Envelope, Lookup, Submission, Supplied, Undoing
{% if polled %}
from app.listing import Listing, PositionUnknown
{% endif %}
from app.settings import from_environment
from app.store import NEVER_ARRIVED, Answer, Store

LARGEST_BODY = 1024 * 1024
_VERSION = "Onething-Contract"
_Body = TypeVar("_Body", bound=BaseModel)
_log = logging.getLogger(__name__)


def problem(status: int, code: str, title: str) -> Answer:
    """The call itself failed (RFC 9457)."""
    return Answer(status, {"code": code, "title": title, "status": status})


class Refused(Exception):
    """The call is answered with this."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body["code"])
        self.answer = answer


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
{% if polled %}
    """Open the store while the system runs."""
    app.state.settings = from_environment()
    app.state.store = Store(app.state.settings.database)
    app.state.listing = Listing(app.state.store, app.state.settings)
    yield
{% else %}
    """Open the store, and send decisions while the system runs."""
    app.state.settings = from_environment()
    app.state.store = Store(app.state.settings.database)
    sending = asyncio.create_task(send_decisions(app.state.store, app.state.settings))
    yield
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sending
{% endif %}
    app.state.store.close()


app = FastAPI(title="DEPARTMENT_CODE", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


def respond(request: Request, answer: Answer) -> JSONResponse:
    """The answer, with the version of the contract that it is written in."""
    media_type = "application/json" if answer.status < 400 else "application/problem+json"
    version = request.headers.get(_VERSION)
    headers = {_VERSION: version} if version else {}
    return JSONResponse(answer.body, answer.status, headers, media_type)


@app.exception_handler(Refused)
async def refused(request: Request, error: Refused) -> JSONResponse:
    """A call that was refused."""
    return respond(request, error.answer)


@app.exception_handler(Exception)
async def broken(request: Request, error: Exception) -> JSONResponse:
    """Whatever went wrong here: nobody outside learns more than that."""
    _log.error("a call failed", exc_info=error)
    return respond(request, problem(500, "internal", "The call failed."))


async def body_of(request: Request) -> bytes:
    """The body, after the credential and the version were checked. Raises Refused."""
    expected = f"Bearer {request.app.state.settings.token}".encode()
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
        raise Refused(problem(401, "unauthorised", "The credential is missing or wrong."))
    if request.headers.get(_VERSION, "1") not in {str(NEWEST - 1), str(NEWEST)}:
        raise Refused(problem(406, "contract-unknown", f"This system speaks version {NEWEST}."))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Refused(problem(413, "too-large", f"At most {LARGEST_BODY // 1024} KB."))
    return bytes(body)


def read(model: type[_Body], body: bytes) -> _Body:
    """The body as the contract describes it. Raises Refused."""
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise Refused(problem(422, "unreadable", "The body does not follow the contract.")) from None


def check_key(request: Request, expected: str) -> None:
    """The header names this very call. Raises Refused."""
    if request.headers.get("idempotency-key") != expected:
        raise Refused(problem(422, "key-mismatch", "Idempotency-Key does not name this call."))


@app.post("/submissions")
async def submit(request: Request) -> JSONResponse:
    """One attempt at one item."""
    body = await body_of(request)
    in_envelope = request.headers.get(_VERSION) == "2"
    submission = read(Envelope, body).data if in_envelope else read(Submission, body)
    check_key(request, submission.key)
    store: Store = request.app.state.store
    seconds = request.app.state.settings.decision_seconds

    def take(db: sqlite3.Connection) -> Answer:
        if submission.operation == "report":
            return Answer(200, {"results": []})
        ruling = deciding.decide(submission)
        decision = {
            "decision_id": f"{submission.key}:decision",
            "case_no": submission.case_no,
            "item": submission.item,
            "attempt": submission.attempt,
            **ruling,
        }
{% if polled %}
        store.will_list(db, submission.key, decision, standing_after(ruling), seconds)
{% else %}
        store.will_send(db, submission.key, submission.callback_url, decision, standing_after(ruling), seconds)
{% endif %}
        return Answer(202, {"reference": f"DEPARTMENT_CODE:{submission.key}"})

    return respond(request, store.once(submission.key, body, take))


def standing_after(ruling: dict[str, object]) -> Answer:
    """What a question is answered with once this was decided."""
    match ruling:
        case {"verdict": "approved", "results": [*results]}:
            titled = [{**result, "title": deciding.title_of(result["id"])} for result in results]
            return Answer(200, {"results": titled})
        case {"verdict": "correction", "points": points}:
            return Answer(400, {"code": "correction", "points": points})
    return Answer(400, {name: ruling[name] for name in ("code", "reason", "article") if name in ruling})


{% if polled %}
@app.get("/decisions")
async def list_decisions(request: Request, limit: int, after: str = "") -> JSONResponse:
    """What was decided behind a position."""
    await body_of(request)
    try:
        return respond(request, Answer(200, request.app.state.listing.page(after, limit)))
    except PositionUnknown:
        return respond(request, problem(410, "cursor-unknown", "This is no position of this list."))


{% endif %}
@app.get("/submissions/{key}")
async def ask(request: Request, key: str) -> JSONResponse:
    """Did it arrive, and where does it stand?"""
    await body_of(request)
    return respond(request, request.app.state.store.standing(key))


@app.post("/submissions/{key}/undo")
async def undo(request: Request, key: str) -> JSONResponse:
    """Withdraw it, or undo what was approved. What never came is undone as well, and can no longer come."""
    body = await body_of(request)
    read(Undoing, body)
    check_key(request, f"{key}:undo")
    store: Store = request.app.state.store

    def take_back(db: sqlite3.Connection) -> Answer:
        store.take_back(db, key)
        return Answer(200, {"results": []})

    return respond(request, store.once(f"{key}:undo", body, take_back))


@app.post("/submissions/{key}/materials")
async def supply(request: Request, key: str) -> JSONResponse:
    """A material that follows."""
    body = await body_of(request)
    material = read(Supplied, body).materials[0]
    own_key = f"{key}:material:{material.get('id')}"
    check_key(request, own_key)
    store: Store = request.app.state.store

    def add(db: sqlite3.Connection) -> Answer:
        if not store.is_known(db, key):
            raise Refused(NEVER_ARRIVED)
        return Answer(200, {"results": []})

    return respond(request, store.once(own_key, body, add))


@app.post("/datasets/{dataset}/lookups")
async def look_up(request: Request, dataset: str) -> JSONResponse:
    """What you hold about a subject."""
    asked = read(Lookup, await body_of(request))
    found = deciding.held(dataset, asked.subject)
    if found is None:
        return respond(request, problem(404, "not-found", "Nothing is held about this subject."))
    return respond(request, Answer(200, {"fields": found, "as_of": datetime.now(UTC).isoformat()}))


@app.get("/health")
async def health() -> JSONResponse:
    """The system runs."""
    return JSONResponse({"status": "ok"})
