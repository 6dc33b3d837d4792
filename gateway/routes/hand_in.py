"""Materials that follow the application over HTTP, and the page on which an applicant hands them in."""

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from gateway import errors
from gateway.access import Services
from gateway.api_document import json_request
from gateway.body import is_page_form, json_body, parse
from gateway.case_contents import case_form
from gateway.hand_in import HandInRequest, hand_in
from gateway.language import language_of
from gateway.one_case import shown_case
from gateway.open_case import SeenCaseNow
from gateway.pages import back_to, hand_in_page
from gateway.problems import may_answer
from gateway.said import private_json
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_MATERIAL = "material."


@router.post(
    "/cases/{case_no}/materials",
    response_model=Receipt,
    openapi_extra=json_request(HandInRequest),
    responses=may_answer(
        errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.CrossSiteRefused,
        errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable, errors.BodyTooLarge,
        errors.ContentTypeWrong, errors.OutOfService,
    ),
)  # fmt: skip
async def follow_up(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Hand in what was deferred, or what an item waits for. Said again with the same digest it is a repeat."""
    if is_page_form(request):
        fields = await case_form(request, services, seen)
        materials = [
            {"id": name.removeprefix(_MATERIAL), "digest": value.strip()}
            for name, value in fields.items()
            if name.startswith(_MATERIAL) and value.strip()
        ]
        await hand_in(services, seen, parse(HandInRequest, to_json({"materials": materials})))
        return back_to(seen)
    receipt = await hand_in(services, seen, await json_body(request, HandInRequest, services.settings.largest_body))
    return private_json(receipt)


@router.get("/cases/{case_no}/materials", include_in_schema=False)
async def before_following_up(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Asks for exactly what the case waits for, each with its date."""
    return hand_in_page(request, await shown_case(services, seen, language_of(request)))
