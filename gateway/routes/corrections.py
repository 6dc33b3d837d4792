"""Correction notices over HTTP: the applicant's answer, and an operator's leave for a second one."""

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from gateway import corrections, errors
from gateway.access import Services, require_operator
from gateway.api_document import json_request
from gateway.body import is_page_form, json_body, parse
from gateway.case_contents import case_form
from gateway.open_case import SeenCaseNow
from gateway.pages import back_to
from gateway.problems import may_answer
from gateway.said import answered, private_json, said
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_MATERIAL = "material."
_FIELD = "form."
_ACTING = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.ItemNotFound, errors.NotAllowed,
    errors.CrossSiteRefused, errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable,
    errors.BodyTooLarge, errors.ContentTypeWrong, errors.OutOfService,
)  # fmt: skip


@router.post(
    "/cases/{case_no}/items/{item}/correction",
    response_model=Receipt,
    openapi_extra=json_request(corrections.CorrectionRequest),
    responses=_ACTING,
)
async def correct(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Answer a correction notice: all points at once, fields and materials. What was right stays."""
    if is_page_form(request):
        answer = _of_the_page(await case_form(request, services, seen))
        await corrections.correct(services, seen, item, answer)
        return back_to(seen)
    answer = await json_body(request, corrections.CorrectionRequest, services.settings.largest_body)
    return private_json(await corrections.correct(services, seen, item, answer))


@router.post(
    "/cases/{case_no}/items/{item}/correction/permission",
    response_model=Receipt,
    openapi_extra=json_request(corrections.PermissionRequest),
    responses=_ACTING,
)
async def permit(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """For operators: let the department send one more correction notice, although the law knows one (行政许可法 32)."""
    require_operator(seen.caller)
    permission = await said(request, services, corrections.PermissionRequest)
    return answered(request, seen, await corrections.permit(services, seen, item, permission))


def _of_the_page(fields: dict[str, str]) -> corrections.CorrectionRequest:
    """The answer as the page sends it: ``form.<field>`` and ``material.<id>``, the latter with the content's digest."""
    answer = {
        "form": {
            name.removeprefix(_FIELD): value
            for name, value in fields.items()
            if name.startswith(_FIELD) and value.strip()
        },
        "materials": [
            {"id": name.removeprefix(_MATERIAL), "digest": value}
            for name, value in fields.items()
            if name.startswith(_MATERIAL) and value.strip()
        ],
    }
    return parse(corrections.CorrectionRequest, to_json(answer))
