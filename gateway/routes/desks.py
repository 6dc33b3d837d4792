"""What else lies on the desk of a department without a system: documents that it signs, reports of promises."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from gateway import errors
from gateway.access import Services
from gateway.api_document import json_request
from gateway.case_lists import CursorInvalid
from gateway.language import language_of, wants_page
from gateway.problems import may_answer
from gateway.routes.lists import Cursor, Limit, cursor_invalid
from gateway.routes.on_desk import add_claims, answered, desk_json
from gateway.said import said
from gateway.workbench.act_models import ActReceipt
from gateway.workbench.desk import DeskNow
from gateway.workbench.pages import report_page, reports_as_page, signature_page, signatures_as_page
from gateway.workbench.reports import (
    Acknowledgement,
    DeskReportNow,
    ReportsPage,
    ReportView,
    acknowledge,
    report_view,
    reports_page,
)
from gateway.workbench.signature_list import DocumentsToSign, documents_to_sign
from gateway.workbench.signatures import (
    DeskSignatureNow,
    DeskSignatureView,
    SigningActBody,
    act_of_page,
    desk_signature,
    desk_signature_view,
    sign_or_refuse,
)

router = APIRouter(tags=["workbench"])
_SEEING = (errors.NotSignedIn, errors.NotAllowed, errors.InputInvalid, errors.OutOfService, errors.WorkbenchNotFound)
_ONE = (*_SEEING, errors.CaseNotFound)
_ACTING = (*_ONE, errors.CrossSiteRefused, errors.CommandNotPossible, errors.BodyUnreadable, errors.BodyTooLarge,
           errors.ContentTypeWrong)  # fmt: skip
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "Data, or a page."}}
_SIGNATURE = "/workbench/{department}/signatures/{case_no}/{item}/{party}"
_REPORT = "/workbench/{department}/reports/{case_no}/{item}/{material}"


@router.get(
    "/workbench/{department}/signatures",
    response_model=DocumentsToSign,
    responses={**_PAGE, **may_answer(*_SEEING)},
)
async def signatures(
    request: Request, services: Services, desk: DeskNow, mine: bool = False, cursor: Cursor = None, limit: Limit = 20
) -> Response:
    """The documents that the institution is to sign, the soonest end first."""
    try:
        found = await documents_to_sign(services, desk, mine=mine, cursor=cursor, limit=limit)
    except CursorInvalid:
        raise cursor_invalid() from None
    return signatures_as_page(request, services, desk, found) if wants_page(request) else desk_json(found)


@router.get(_SIGNATURE, response_model=DeskSignatureView, responses={**_PAGE, **may_answer(*_ONE)})
async def signature(request: Request, services: Services, seen: DeskSignatureNow) -> Response:
    """The document: what it states, who has signed; its content as long as the signature is awaited."""
    view = await desk_signature_view(services, seen, language_of(request))
    return signature_page(request, seen, view) if wants_page(request) else desk_json(view)


add_claims(router, _SIGNATURE, desk_signature, "document", "institution", may_answer(*_ACTING))


@router.post(
    f"{_SIGNATURE}/acts",
    response_model=ActReceipt,
    openapi_extra=json_request(SigningActBody),
    responses=may_answer(*_ACTING, errors.ItemNotFound, errors.ForeignDepartment),
)
async def act(request: Request, services: Services, seen: DeskSignatureNow) -> Response:
    """Sign the document as it was read, or refuse to, with a reason: the case stops."""
    asked = await said(request, services, SigningActBody, act_of_page)
    return answered(request, seen, await sign_or_refuse(services, seen, asked.root))


@router.get(
    "/workbench/{department}/reports",
    response_model=ReportsPage,
    responses={**_PAGE, **may_answer(*_SEEING)},
)
async def reports(
    request: Request,
    services: Services,
    desk: DeskNow,
    unread: Annotated[bool, Query(description="Only those that nobody has acknowledged.")] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """What became of items that promises went with which the department supervises, newest first (审管衔接)."""
    try:
        found = await reports_page(services, desk, unread=unread, cursor=cursor, limit=limit)
    except CursorInvalid:
        raise cursor_invalid() from None
    if wants_page(request):
        return reports_as_page(request, services, desk, found, unread=unread, cursor=cursor)
    return desk_json(found)


@router.get(_REPORT, response_model=ReportView, responses={**_PAGE, **may_answer(*_ONE)})
async def report(request: Request, services: Services, seen: DeskReportNow) -> Response:
    """One report: the promise in its words, what became of the item, and the fields that it was submitted with."""
    view = await report_view(services, seen, language_of(request))
    return report_page(request, seen, view) if wants_page(request) else desk_json(view)


@router.post(
    f"{_REPORT}/acknowledge",
    response_model=ActReceipt,
    openapi_extra=json_request(Acknowledgement),
    responses=may_answer(*_ACTING),
)
async def acknowledged(request: Request, services: Services, seen: DeskReportNow) -> Response:
    """The report was read; 409 says who has acknowledged it already, or that it says something else by now."""
    asked = await said(request, services, Acknowledgement)
    return answered(request, seen, await acknowledge(services, seen, asked))
