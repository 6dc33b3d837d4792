"""Resting a case over HTTP, and going on with it."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from gateway import errors, resting
from gateway.access import Services
from gateway.api_document import json_request
from gateway.open_case import SeenCase, SeenCaseNow
from gateway.problems import may_answer
from gateway.said import answered, nothing, said
from gateway.services import GatewayServices
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_ACTING = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.CrossSiteRefused,
    errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable, errors.BodyTooLarge,
    errors.ContentTypeWrong, errors.OutOfService,
)  # fmt: skip
_BODY = json_request(resting.RestRequest, required=False)
_Act = Callable[[GatewayServices, SeenCase, resting.RestRequest], Awaitable[Receipt]]


@router.post("/cases/{case_no}/suspend", response_model=Receipt, openapi_extra=_BODY, responses=_ACTING)
async def suspend(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Rest the case, where its bundle allows it: nothing is begun, every clock stands, for so many days at most."""
    return await _acted(request, services, seen, resting.suspend)


@router.post("/cases/{case_no}/resume", response_model=Receipt, openapi_extra=_BODY, responses=_ACTING)
async def resume(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Go on with a case that rests."""
    return await _acted(request, services, seen, resting.resume)


async def _acted(request: Request, services: GatewayServices, seen: SeenCase, act: _Act) -> Response:
    rest = await said(request, services, resting.RestRequest, nothing, optional=True)
    return answered(request, seen, await act(services, seen, rest))
