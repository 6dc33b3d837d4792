"""The pre-check (智能预审) over HTTP: the body of an application, and nothing is started."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from gateway import errors
from gateway.access import Caller, Services
from gateway.api_document import json_request
from gateway.body import json_body
from gateway.prechecked import PreCheckAnswer, checked
from gateway.problems import may_answer
from gateway.said import private_json
from gateway.submission import CaseApplication

router = APIRouter(tags=["bundles"])


@router.post(
    "/precheck",
    response_model=PreCheckAnswer,
    openapi_extra=json_request(CaseApplication),
    responses=may_answer(
        errors.BodyUnreadable, errors.BodyTooLarge, errors.ContentTypeWrong, errors.InputInvalid,
        errors.NotSignedIn, errors.CrossSiteRefused, errors.BundleNotFound, errors.VersionNotFound, errors.OutOfService,
    ),
)  # fmt: skip
async def check(request: Request, services: Services, _caller: Caller) -> Response:
    """Say what an application would meet. Everything but the bundle may still be missing; nothing is kept."""
    application = await json_body(request, CaseApplication, services.settings.largest_body)
    await services.known_calendar.current()
    answer = checked(services, application, datetime.now(UTC))
    return private_json(answer)
