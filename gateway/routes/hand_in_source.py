"""Handing in over HTTP what a source of shared data that is down would have said."""

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from gateway import errors, hand_in_source
from gateway.access import Services
from gateway.api_document import json_request
from gateway.body import is_page_form, json_body, parse
from gateway.case_contents import case_form
from gateway.language import language_of
from gateway.one_case import shown_case
from gateway.open_case import SeenCase, SeenCaseNow
from gateway.pages import back_to, source_page
from gateway.problems import may_answer
from gateway.said import private_json
from gateway.services import GatewayServices
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_FIELD = "form."
_MATERIAL = "material."
_OF_A_SOURCE = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.SourceNotFound, errors.CaseNotBegun, errors.NotAllowed,
    errors.CrossSiteRefused, errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable,
    errors.BodyTooLarge, errors.ContentTypeWrong, errors.OutOfService,
)  # fmt: skip


@router.post(
    "/cases/{case_no}/sources/{lookup}/hand-in",
    response_model=Receipt,
    openapi_extra=json_request(hand_in_source.HandInInsteadRequest),
    responses=_OF_A_SOURCE,
)
async def hand_in_instead(request: Request, services: Services, seen: SeenCaseNow, lookup: str) -> Response:
    """While a source does not answer: give what it would have said, all at once. The items go on with it.

    The source is still asked; what it says later is recorded and compared, and does not take its place.
    """
    if is_page_form(request):
        fields = await case_form(request, services, seen)
        try:
            await hand_in_source.hand_in_instead(services, seen, lookup, _instead(fields))
        except errors.InputInvalid as invalid:
            return await _page(request, services, seen, lookup, fields, invalid)
        return back_to(seen)
    answer = await json_body(request, hand_in_source.HandInInsteadRequest, services.settings.largest_body)
    return private_json(await hand_in_source.hand_in_instead(services, seen, lookup, answer))


@router.get("/cases/{case_no}/sources/{lookup}/hand-in", include_in_schema=False)
async def before_hand_in_source(request: Request, services: Services, seen: SeenCaseNow, lookup: str) -> Response:
    """Asks for what a source that is down would have said."""
    return await _page(request, services, seen, lookup, {}, None)


def _instead(fields: dict[str, str]) -> hand_in_source.HandInInsteadRequest:
    """What the page sends: ``form.<field>`` and ``material.<id>``, the latter with the content's digest."""
    stated = {
        "form": {name.removeprefix(_FIELD): value for name, value in fields.items() if name.startswith(_FIELD)},
        "materials": [
            {"id": name.removeprefix(_MATERIAL), "digest": value.strip()}
            for name, value in fields.items()
            if name.startswith(_MATERIAL) and value.strip()
        ],
    }
    return parse(hand_in_source.HandInInsteadRequest, to_json(stated))


async def _page(
    request: Request,
    services: GatewayServices,
    seen: SeenCase,
    lookup: str,
    written: dict[str, str],
    invalid: errors.InputInvalid | None,
) -> Response:
    view = await shown_case(services, seen, language_of(request))
    wanted = hand_in_source.replaceable(services, seen.state.plan, lookup)
    faults = {fault.field: fault for fault in invalid.faults} if invalid is not None else {}
    return source_page(request, seen, view, wanted, written, faults)
