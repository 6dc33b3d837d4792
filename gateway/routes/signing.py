"""Signing over HTTP: what waits for one's signature, the document to sign, and the signature."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from gateway import errors
from gateway.access import Caller, Services
from gateway.api_document import json_request
from gateway.body import FORM, content_type
from gateway.language import wants_page
from gateway.pages import signing_page
from gateway.problems import may_answer
from gateway.said import private_json, said
from gateway.signing import (
    AwaitedSignatures,
    SeenSigningNow,
    SignatureRequest,
    SigningView,
    awaited_of,
    sign,
    signing_view,
)
from workflows.messages import Receipt

router = APIRouter(tags=["signing"])
_SEEING = (errors.NotSignedIn, errors.CaseNotFound, errors.ItemNotFound, errors.CommandNotPossible, errors.OutOfService)
_READING = (errors.BodyUnreadable, errors.BodyTooLarge, errors.ContentTypeWrong)


@router.get("/signatures", responses=may_answer(errors.NotSignedIn, errors.OutOfService))
async def awaited(services: Services, caller: Caller) -> AwaitedSignatures:
    """What waits for one's signature, in anybody's case; the token has to prove who one is."""
    return await awaited_of(services, caller)


@router.get(
    "/cases/{case_no}/items/{item}/signatures",
    response_model=SigningView,
    responses={200: {"content": {"text/html": {}}, "description": "Data, or a page."}, **may_answer(*_SEEING)},
)
async def document(request: Request, services: Services, seen: SeenSigningNow) -> Response:
    """The document to sign, in words, and who has signed; for its parties, the applicant and operators."""
    view = await signing_view(services, seen)
    if wants_page(request):
        return signing_page(request, view)
    return private_json(view)


@router.post(
    "/cases/{case_no}/items/{item}/signatures",
    response_model=Receipt,
    openapi_extra=json_request(SignatureRequest),
    responses=may_answer(*_SEEING, *_READING, errors.NotAllowed, errors.CrossSiteRefused, errors.InputInvalid),
)
async def give(request: Request, services: Services, seen: SeenSigningNow) -> Response:
    """Sign. The digest is that of the document that was read: when it has changed since, the signature is refused."""
    receipt = await sign(services, seen, await said(request, services, SignatureRequest))
    if content_type(request) == FORM:
        return RedirectResponse(f"/cases/{seen.state.case_no}/items/{seen.item}/signatures", status_code=303)
    return private_json(receipt)
