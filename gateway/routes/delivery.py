"""Results on paper over HTTP, for applicants and for operators. Departments say what they do at their own door."""

from typing import Any

from fastapi import APIRouter, Request, Response

from gateway import delivery, errors
from gateway.access import Services, require_operator
from gateway.api_document import json_request
from gateway.open_case import SeenCaseNow
from gateway.problems import may_answer
from gateway.said import answered, nothing, said
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_ACTING = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.ItemNotFound, errors.NotAllowed,
    errors.CrossSiteRefused, errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable,
    errors.BodyTooLarge, errors.ContentTypeWrong, errors.OutOfService, errors.ApplicationNotAccepted,
)  # fmt: skip
_AT = "/cases/{case_no}/items/{item}/delivery"


@router.post(
    "/cases/{case_no}/delivery",
    response_model=Receipt,
    openapi_extra=json_request(delivery.DeliveryRequest),
    responses=_ACTING,
)
async def choose(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Choose anew how results on paper come, until they are sent or lie at the window. The applicant alone may."""
    written = await said(request, services, delivery.DeliveryRequest, _wish)
    return answered(request, seen, await delivery.choose(services, seen, written))


@router.post(
    f"{_AT}/confirmation",
    response_model=Receipt,
    openapi_extra=json_request(delivery.ArrivalRequest, required=False),
    responses=_ACTING,
)
async def confirm(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Say that the papers arrived, or were picked up."""
    written = await said(request, services, delivery.ArrivalRequest, nothing, optional=True)
    return answered(request, seen, await delivery.confirm(services, seen, item, written))


@router.post(
    f"{_AT}/not-arrived",
    response_model=Receipt,
    openapi_extra=json_request(delivery.NotArrivedRequest, required=False),
    responses=_ACTING,
)
async def not_arrived(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Say that the papers did not arrive, also after the case has closed. An operator sees to it and answers."""
    written = await said(
        request,
        services,
        delivery.NotArrivedRequest,
        lambda fields: {"note": fields.get("note", "").strip() or None},
        optional=True,
    )
    return answered(request, seen, await delivery.not_arrived(services, seen, item, written))


@router.post(
    f"{_AT}/answer",
    response_model=Receipt,
    openapi_extra=json_request(delivery.DeliveryAnswerRequest),
    responses=_ACTING,
)
async def answer(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """For operators: answer the applicant about a delivery that went wrong, and have it sent again or settle it."""
    require_operator(seen.caller)
    written = await said(request, services, delivery.DeliveryAnswerRequest)
    return answered(request, seen, await delivery.answer(services, seen, item, written))


@router.post(
    f"{_AT}/acts", response_model=Receipt, openapi_extra=json_request(delivery.NotedPaperAct), responses=_ACTING
)
async def note_act(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """For operators: note what a department did with the papers, where it cannot say so itself."""
    require_operator(seen.caller)
    named = {"case_no": seen.state.case_no, "item": item}
    written = await said(request, services, delivery.NotedPaperAct, lambda fields: _noted(fields) | named)
    if (written.root.case_no, written.root.item) != (seen.state.case_no, item):
        raise errors.ItemNotFound
    return answered(request, seen, await delivery.note_act(services, seen, item, written.root))


def _noted(fields: dict[str, str]) -> dict[str, Any]:
    """What the page sends of an act; a carrier is named for what is dispatched alone."""
    attempt = fields.get("attempt", "")
    return {**fields, "attempt": int(attempt) if attempt.isascii() and attempt.isdigit() and len(attempt) < 5 else 0}


def _wish(fields: dict[str, str]) -> dict[str, Any]:
    """What the page sends: an address is written for mail alone, whatever stood there before."""
    to = {name: fields.get(name, "").strip() or None for name in ("addressee", "address", "phone")}
    return {"way": fields.get("way", ""), **(to if fields.get("way") == "mail" else {})}
