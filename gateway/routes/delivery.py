"""Results on paper over HTTP, for applicants and for operators. Departments say what they do at their own door."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from gateway import delivery, errors
from gateway.access import Services, require_operator
from gateway.api_document import json_request
from gateway.body import FORM, content_type, form_fields, parse, raw_body, require_json
from gateway.open_case import SeenCaseNow
from gateway.pages import back_to
from gateway.problems import may_answer
from gateway.services import GatewayServices
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_ACTING = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.ItemNotFound, errors.NotAllowed,
    errors.CrossSiteRefused, errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable,
    errors.BodyTooLarge, errors.ContentTypeWrong, errors.OutOfService, errors.ApplicationNotAccepted,
)  # fmt: skip
Said = TypeVar("Said", bound=BaseModel)
_AT = "/cases/{case_no}/items/{item}/delivery"


@router.post(
    "/cases/{case_no}/delivery",
    response_model=Receipt,
    openapi_extra=json_request(delivery.DeliveryRequest),
    responses=_ACTING,
)
async def choose(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Choose anew how results on paper come, until they are sent or lie at the window. The applicant alone may."""
    said = await _read(request, services, delivery.DeliveryRequest, _wish)
    return _answer(request, seen, await delivery.choose(services, seen, said))


@router.post(
    f"{_AT}/confirmation",
    response_model=Receipt,
    openapi_extra=json_request(delivery.ArrivalRequest, required=False),
    responses=_ACTING,
)
async def confirm(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Say that the papers arrived, or were picked up."""
    said = await _read(request, services, delivery.ArrivalRequest, lambda fields: {})
    return _answer(request, seen, await delivery.confirm(services, seen, item, said))


@router.post(
    f"{_AT}/not-arrived",
    response_model=Receipt,
    openapi_extra=json_request(delivery.NotArrivedRequest, required=False),
    responses=_ACTING,
)
async def not_arrived(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Say that the papers did not arrive, also after the case has closed. An operator sees to it and answers."""
    said = await _read(
        request,
        services,
        delivery.NotArrivedRequest,
        lambda fields: {"note": fields.get("note", "").strip() or None},
    )
    return _answer(request, seen, await delivery.not_arrived(services, seen, item, said))


@router.post(
    f"{_AT}/answer",
    response_model=Receipt,
    openapi_extra=json_request(delivery.DeliveryAnswerRequest),
    responses=_ACTING,
)
async def answer(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """For operators: answer the applicant about a delivery that went wrong, and have it sent again or settle it."""
    require_operator(seen.caller)
    said = await _read(request, services, delivery.DeliveryAnswerRequest, dict)
    return _answer(request, seen, await delivery.answer(services, seen, item, said))


@router.post(
    f"{_AT}/acts", response_model=Receipt, openapi_extra=json_request(delivery.NotedPaperAct), responses=_ACTING
)
async def note_act(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """For operators: note what a department did with the papers, where it cannot say so itself."""
    require_operator(seen.caller)
    named = {"case_no": seen.state.case_no, "item": item}
    said = await _read(request, services, delivery.NotedPaperAct, lambda fields: _noted(fields) | named)
    if (said.root.case_no, said.root.item) != (seen.state.case_no, item):
        raise errors.ItemNotFound
    return _answer(request, seen, await delivery.note_act(services, seen, item, said.root))


def _noted(fields: dict[str, str]) -> dict[str, Any]:
    """What the page sends of an act; a carrier is named for what is dispatched alone."""
    attempt = fields.get("attempt", "")
    return {**fields, "attempt": int(attempt) if attempt.isascii() and attempt.isdigit() and len(attempt) < 5 else 0}


def _wish(fields: dict[str, str]) -> dict[str, Any]:
    """What the page sends: an address is written for mail alone, whatever stood there before."""
    to = {name: fields.get(name, "").strip() or None for name in ("addressee", "address", "phone")}
    return {"way": fields.get("way", ""), **(to if fields.get("way") == "mail" else {})}


async def _read(
    request: Request, services: GatewayServices, model: type[Said], of_page: Callable[[dict[str, str]], dict[str, Any]]
) -> Said:
    if content_type(request) == FORM:
        return parse(model, to_json(of_page(await form_fields(request, services.settings.largest_body))))
    body = await raw_body(request, services.settings.largest_body)
    if body:
        require_json(request)
    return parse(model, body or b"{}")


def _answer(request: Request, seen: SeenCaseNow, receipt: Receipt) -> Response:
    if content_type(request) == FORM:
        return back_to(seen)
    return Response(receipt.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
