"""One case over HTTP: apply, look, follow, take back, put right."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import StreamingResponse

from gateway import acts, errors
from gateway.access import Caller, Services, is_operator, may_see, require_operator
from gateway.api_document import json_request, reference
from gateway.body import json_body
from gateway.language import language_of, wants_page
from gateway.look_ups import look_ups_of
from gateway.one_case import shown_case
from gateway.open_case import SeenCaseNow, check_case_number, owner_of, seen_case
from gateway.pages import case_page
from gateway.problems import may_answer
from gateway.said import answered, nothing, said
from gateway.services import GatewayServices
from gateway.state import live_of, starter_of
from gateway.stream import CaseStream
from gateway.submission import IDEMPOTENCY_KEY, CaseApplication, submit
from gateway.views.case_view import CaseView, panorama_of
from gateway.views.change import Change
from gateway.views.panorama import Panorama
from gateway.views.timeline import Timeline, timeline
from one_things.model import Record
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_AT_THE_END = frozenset(
    {"case_closed", "case_rated", "rating_answered", "delivery_answered"}
    | {"paper_confirmed", "paper_missed", "paper_dispatched", "paper_ready", "paper_delivered", "paper_picked_up"}
)
_ALSO_AT_THE_END = frozenset({"decision_set_aside", "more_set_aside", "operator_task_opened", "operator_task_settled"})
"""What may happen to a case that has closed, and to one that has not."""
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=IDEMPOTENCY_KEY)]
_SEEING = (errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.OutOfService)
_ACTING = (*_SEEING, errors.NotAllowed, errors.CrossSiteRefused, errors.CommandNotPossible, errors.InputInvalid)
_READING = (errors.BodyUnreadable, errors.BodyTooLarge, errors.ContentTypeWrong)


class CaseCreated(Record):
    """The case of an application."""

    case_no: str
    started: bool
    """False while the orchestrator is away: the case is safe and starts by itself."""
    location: str


@router.post(
    "/cases",
    status_code=201,
    response_model=CaseCreated,
    openapi_extra=json_request(CaseApplication),
    responses={
        200: {"model": CaseCreated, "description": "The same request came before: this is its case."},
        202: {"model": CaseCreated, "description": "The case has its number and starts as soon as it can."},
        **may_answer(
            *_READING, errors.NotSignedIn, errors.CrossSiteRefused, errors.BundleNotFound, errors.VersionNotFound,
            errors.KeyUsedOtherwise, errors.InputInvalid, errors.ApplicationNotAccepted, errors.OutOfService,
        ),
    },
)  # fmt: skip
async def apply(request: Request, services: Services, caller: Caller, idempotency_key: IdempotencyKey) -> Response:
    """Apply for a one-thing. Repeated under the same key it gives the same case; faults come all at once."""
    application = await json_body(request, CaseApplication, services.settings.largest_body)
    made = await submit(services, application, caller.subject, idempotency_key, datetime.now(UTC))
    case_no = made.allocation.case_no
    if made.started and not made.allocation.repeated:
        starter_of(request).started(case_no)
    status = 200 if made.allocation.repeated else 201 if made.started else 202
    created = CaseCreated(case_no=case_no, started=made.started, location=f"/cases/{case_no}")
    return _json(created, status, {"Location": created.location})


@router.get(
    "/cases/{case_no}",
    response_model=CaseView,
    responses={200: {"content": {"text/html": {}}, "description": "Data, or a page."}, **may_answer(*_SEEING)},
)
async def look(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """A case: data, or its page for a browser. An applicant finds only their own cases."""
    language = language_of(request)
    view = await shown_case(services, seen, language)
    if wants_page(request):
        return case_page(request, seen, view, language, look_ups_of(services, seen).look_ups)
    return _json(view, headers={"Vary": "Accept"})


@router.get("/cases/{case_no}/panorama", response_model=Panorama, responses=may_answer(*_SEEING))
async def panorama(services: Services, seen: SeenCaseNow) -> Response:
    """The panorama map: items, relations, progress and results; items that were not chosen are greyed."""
    return _json(panorama_of(seen.state, datetime.now(UTC), await services.known_calendar.current()))


@router.get("/cases/{case_no}/timeline", response_model=Timeline, responses=may_answer(*_SEEING))
async def history(seen: SeenCaseNow) -> Response:
    """Everything that happened, in words, oldest first."""
    return _json(timeline(seen.state.plan, seen.history, operator=is_operator(seen.caller)))


@router.get(
    "/cases/{case_no}/panorama/stream",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events `change`; each id is the version of the case after it.",
            "content": {"text/event-stream": {"itemSchema": reference(Change)}},
        },
        204: {"description": "The case is closed and the caller has seen all of it: do not reconnect."},
        **may_answer(
            errors.NotSignedIn, errors.CaseNotFound, errors.InputInvalid, errors.TooManyStreams, errors.OutOfService
        ),
    },
)  # fmt: skip
async def follow(
    request: Request,
    services: Services,
    caller: Caller,
    case_no: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,9}$")] = None,
) -> Response:
    """Follow a case live; nothing is missed. ``Last-Event-ID``, which browsers send, wins over ``after``."""
    check_case_number(case_no)
    if not may_see(caller, await owner_of(services, case_no)):
        await seen_case(services, caller, case_no)  # an agent may: whoever holds no mandate finds no case
    seen_version = int(last_event_id) if last_event_id is not None else after
    if await _has_seen_all(services, case_no, seen_version):
        return Response(status_code=204)
    return CaseStream(
        live_of(request),
        services.store,
        services.settings,
        case_no,
        seen_version,
        caller.expires_at,
        operator=is_operator(caller),
    )


@router.post(
    "/cases/{case_no}/cancel",
    response_model=Receipt,
    openapi_extra=json_request(acts.CancelRequest, required=False),
    responses=may_answer(*_ACTING, *_READING),
)
async def take_back(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Take the application back; before the deciding item only. What was done is undone in reverse order."""
    wish = await said(request, services, acts.CancelRequest, nothing, optional=True)
    return answered(request, seen, await acts.cancel(services, seen, wish))


@router.post(
    "/cases/{case_no}/items/{item}/settle",
    response_model=Receipt,
    openapi_extra=json_request(acts.SettleRequest),
    responses=may_answer(*_ACTING, *_READING, errors.ItemNotFound),
)
async def settle(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """For operators: say that a task was put right, and how."""
    require_operator(seen.caller)
    note = await said(request, services, acts.SettleRequest, _settled_on_the_page)
    return answered(request, seen, await acts.settle(services, seen, item, note))


def _settled_on_the_page(fields: dict[str, str]) -> dict[str, Any]:
    note: dict[str, Any] = {"note": fields.get("note", "")}
    if fields.get("amount"):
        note["payment"] = {"amount": fields["amount"], "reference": fields.get("reference", "")}
    return note


async def _has_seen_all(services: GatewayServices, case_no: str, version: int) -> bool:
    """Whether the caller saw the case close; what is said of it afterwards stands on its page."""
    if version == 0:
        return False
    last = await services.store.read(case_no, after_version=version - 1, limit=1)
    if not last or last[0].type in _AT_THE_END:
        return bool(last)
    if last[0].type not in _ALSO_AT_THE_END:
        return False
    return any(record.type == "case_closed" for record in await services.store.read(case_no, limit=version))


def _json(model: Record, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    content: Any = model.model_dump_json()
    return Response(
        content, status, media_type="application/json", headers={"Cache-Control": "no-store", **(headers or {})}
    )
