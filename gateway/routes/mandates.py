"""Mandates over HTTP: given and revoked by the applicant, and the cases that an agent acts for."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from gateway import errors, mandates
from gateway.access import Caller, Services
from gateway.api_document import json_request
from gateway.body import FORM, content_type, json_body, parse, raw_body
from gateway.case_lists import ActedForPage, CursorInvalid
from gateway.language import wants_page
from gateway.open_case import SeenCaseNow
from gateway.pages import acted_for_page, back_to
from gateway.problems import may_answer
from gateway.routes.lists import Cursor, Limit, cursor_invalid
from gateway.said import answered, private_json, said
from one_things.text import Text
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_ACTING = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.CrossSiteRefused,
    errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable, errors.BodyTooLarge,
    errors.ContentTypeWrong, errors.OutOfService,
)  # fmt: skip


@router.get(
    "/mandates",
    response_model=ActedForPage,
    responses={
        200: {"content": {"text/html": {}}, "description": "Data, or a page."},
        **may_answer(errors.NotSignedIn, errors.InputInvalid, errors.OutOfService),
    },
)
async def acted_for(
    request: Request, services: Services, caller: Caller, cursor: Cursor = None, limit: Limit = 20
) -> Response:
    """The cases one acts for, newest first, each with scope and last day; an ended or revoked mandate is not there."""
    try:
        page = await services.lists.acted_for(caller.subject, cursor, limit, datetime.now(UTC))
    except CursorInvalid:
        raise cursor_invalid() from None
    if wants_page(request):
        return acted_for_page(request, page, caller, paged=cursor is not None)
    return Response(
        page.model_dump_json(),
        media_type="application/json",
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
    )


@router.post(
    "/cases/{case_no}/mandates",
    response_model=Receipt,
    openapi_extra=json_request(mandates.MandateRequest),
    responses=_ACTING,
)
async def give(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Let an agent act for the applicant: follow, correct, hand in or rest the case. A later mandate replaces it."""
    if content_type(request) == FORM:
        fields = await _several(request, services.settings.largest_body)
        written = {
            "agent": "".join(fields.get("agent", [])).strip(),
            "scope": ["follow", *fields.get("scope", [])],
            "ends_on": "".join(fields.get("ends_on", [])),
        }
        await mandates.give(services, seen, parse(mandates.MandateRequest, to_json(written)))
        return back_to(seen)
    mandate = await json_body(request, mandates.MandateRequest, services.settings.largest_body)
    return private_json(await mandates.give(services, seen, mandate))


@router.post(
    "/cases/{case_no}/mandates/revoke",
    response_model=Receipt,
    openapi_extra=json_request(mandates.RevocationRequest),
    responses=_ACTING,
)
async def revoke(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Take a mandate back; it ends at once."""
    revocation = await said(request, services, mandates.RevocationRequest)
    return answered(request, seen, await mandates.revoke(services, seen, revocation))


async def _several(request: Request, largest_body: int) -> dict[str, list[str]]:
    """The fields of a form in which one name may stand several times: the ticked boxes of the scope."""
    body = await raw_body(request, largest_body)
    try:
        return parse_qs(body.decode("ascii"), max_num_fields=50, encoding="utf-8", errors="strict")
    except ValueError:
        raise errors.BodyUnreadable(Text(zh="表单无法解析", en="the form cannot be read")) from None
