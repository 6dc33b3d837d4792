"""Who looked up what, for what: for the applicant by case; for departments and operators by department."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from gateway import errors
from gateway.access import Services, caller_of, require_operator
from gateway.case_lists import CursorInvalid
from gateway.decisions import prove_origin
from gateway.department_records import LookUpsMade, SaidOutOfPlacePage
from gateway.look_ups import LookUps, look_ups_of
from gateway.open_case import SeenCaseNow
from gateway.problems import may_answer
from gateway.routes.lists import Cursor, Limit, cursor_invalid
from gateway.services import GatewayServices

router = APIRouter()
Department = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
_BY_DEPARTMENT = may_answer(
    errors.NotSignedIn, errors.NotAllowed, errors.SignatureNotAccepted, errors.ForeignDepartment, errors.InputInvalid,
    errors.OutOfService,
)  # fmt: skip


@router.get(
    "/cases/{case_no}/look-ups",
    tags=["cases"],
    responses=may_answer(errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.OutOfService),
)
async def of_case(services: Services, seen: SeenCaseNow) -> LookUps:
    """Every look-up about the applicant: at whom, which fields, for which items, on what basis, with which answer."""
    return look_ups_of(services, seen)


@router.get("/departments/{department}/look-ups", tags=["departments"], responses=_BY_DEPARTMENT)
async def at_department(
    request: Request, services: Services, department: Department, cursor: Cursor = None, limit: Limit = 50
) -> LookUpsMade:
    """The look-ups made at a department, newest first: for itself (signed as a decision is), and for operators."""
    await _may_read(request, services, department)
    try:
        return await services.department_records.look_ups(department, cursor, limit)
    except CursorInvalid:
        raise cursor_invalid() from None


@router.get("/departments/{department}/set-aside", tags=["departments"], responses=_BY_DEPARTMENT)
async def set_aside(
    request: Request, services: Services, department: Department, cursor: Cursor = None, limit: Limit = 50
) -> SaidOutOfPlacePage:
    """What a department said that did not count, and why, newest first: for itself, and for operators."""
    await _may_read(request, services, department)
    try:
        return await services.department_records.set_aside(department, cursor, limit)
    except CursorInvalid:
        raise cursor_invalid() from None


async def _may_read(request: Request, services: GatewayServices, department: str) -> None:
    if "signature" in request.headers:
        await prove_origin(services, department, request, b"")
    else:
        require_operator(await caller_of(request))
