"""Cases begun by a department's event over HTTP: the event, what is left to add, and the confirmation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic_core import to_json

from gateway import errors, proposals
from gateway.access import Services
from gateway.api_document import reference
from gateway.body import is_page_form, json_body, parse
from gateway.case_contents import case_form
from gateway.language import language_of
from gateway.one_case import shown_case
from gateway.open_case import SeenCaseNow
from gateway.pages import back_to, confirm_page
from gateway.problems import may_answer
from gateway.proposals import CLOUD_EVENT, ConfirmRequest, DepartmentEvent, EventOutcome, EventReceipt, ProposalDetail
from gateway.said import private_json
from gateway.state import refused_of, starter_of
from workflows.messages import Receipt

router = APIRouter()
_EVENT = {"requestBody": {"required": True, "content": {CLOUD_EVENT: {"schema": reference(DepartmentEvent)}}}}
_CONFIRM = {"requestBody": {"required": False, "content": {"application/json": {"schema": reference(ConfirmRequest)}}}}
_ANSWER, _FIELD, _MATERIAL = "answer.", "form.", "material."
_ACTING = (
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.CommandNotPossible,
    errors.OutOfService,
)  # fmt: skip


@router.post(
    "/departments/{department}/events",
    tags=["departments"],
    status_code=201,
    response_model=EventReceipt,
    openapi_extra=_EVENT,
    responses={
        200: {"model": EventReceipt, "description": "The same event came before: these are its cases."},
        202: {"model": EventReceipt, "description": "The cases have their numbers and begin as soon as they can."},
        **may_answer(
            errors.BodyUnreadable, errors.BodyTooLarge, errors.ContentTypeWrong, errors.SignatureNotAccepted,
            errors.ForeignDepartment, errors.EventUnknown, errors.KeyUsedOtherwise, errors.InputInvalid,
            errors.OutOfService,
        ),
    },
)  # fmt: skip
async def event(
    request: Request, services: Services, department: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
) -> Response:
    """Say that something happened that begins a one-thing. Repeat it until the answer is 2xx or 4xx."""
    async with refused_of(request).watching(department, "events"):
        made = await proposals.receive(services, department, request, datetime.now(UTC))
    for one in made:
        if one.started and not one.allocation.repeated:
            starter_of(request).started(one.allocation.case_no)
    new = [one for one in made if not one.allocation.repeated]
    receipt = EventReceipt(
        outcome=EventOutcome.PROPOSED if new else EventOutcome.REPEAT,
        cases=tuple(one.allocation.case_no for one in made),
    )
    return private_json(receipt, 200 if not new else 201 if all(one.started for one in new) else 202)


@router.get("/cases/{case_no}/proposal", tags=["cases"], response_model=ProposalDetail, responses=may_answer(*_ACTING))
async def proposal(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """What a department proposed, and what its applicant has to add to confirm it.

    Query parameters ``answer.<situation>`` say what has been answered so far: answers bring fields and materials along.
    """
    return private_json(await proposals.detail_of(services, seen, _answers_in(request.query_params)))


@router.get("/cases/{case_no}/confirm", include_in_schema=False)
async def before_confirming(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Shows what was proposed and asks for what is missing."""
    view = await shown_case(services, seen, language_of(request))
    given = _answers_in(request.query_params)
    return confirm_page(request, view, await proposals.detail_of(services, seen, given), given)


@router.post(
    "/cases/{case_no}/confirm",
    tags=["cases"],
    response_model=Receipt,
    openapi_extra=_CONFIRM,
    responses=may_answer(
        *_ACTING, errors.CrossSiteRefused, errors.ApplicationNotAccepted, errors.InputInvalid, errors.BodyUnreadable,
        errors.BodyTooLarge, errors.ContentTypeWrong,
    ),
)  # fmt: skip
async def confirm(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Confirm what a department proposed: only its applicant can, known by the verified identity of the token."""
    now = datetime.now(UTC)
    if is_page_form(request):
        fields = await case_form(request, services, seen)
        await proposals.confirm(services, seen, _of_the_page(fields), now)
        return back_to(seen)
    body = await json_body(request, ConfirmRequest, services.settings.largest_body)
    return private_json(await proposals.confirm(services, seen, body, now))


def _answers_in(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(_ANSWER): value for name, value in fields.items() if name.startswith(_ANSWER)}


def _of_the_page(fields: Mapping[str, str]) -> ConfirmRequest:
    answer = {
        "answers": proposals.answers_of_texts(_answers_in(fields)),
        "form": {name.removeprefix(_FIELD): value for name, value in fields.items() if name.startswith(_FIELD)},
        "materials": [
            {"id": name.removeprefix(_MATERIAL), "digest": value}
            for name, value in fields.items()
            if name.startswith(_MATERIAL) and value.strip()
        ],
    }
    return parse(ConfirmRequest, to_json(answer))
