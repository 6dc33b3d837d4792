"""The door for departments' systems: their decisions, signed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gateway import department_acts, errors
from gateway.access import Services
from gateway.api_document import json_request
from gateway.decisions import DecisionReceipt, receive
from gateway.problems import may_answer
from gateway.state import refused_of
from one_things.department_bodies import ActOfDepartmentBody, DepartmentDecision

router = APIRouter(tags=["departments"])
Department = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]


@router.post(
    "/departments/{department}/decisions",
    response_model=DecisionReceipt,
    openapi_extra=json_request(DepartmentDecision),
    responses=may_answer(
        errors.BodyUnreadable, errors.BodyTooLarge, errors.ContentTypeWrong, errors.SignatureNotAccepted,
        errors.ForeignDepartment, errors.CaseNotFound, errors.ItemNotFound, errors.CommandNotPossible,
        errors.InputInvalid, errors.OutOfService,
    ),
)  # fmt: skip
async def decide(request: Request, services: Services, department: Department) -> Response:
    """Hand in a decision. Repeat it until the answer is 2xx or 4xx; the same decision id counts once."""
    async with refused_of(request).watching(department, "decisions"):
        receipt: DecisionReceipt = await receive(services, department, request)
    return Response(receipt.model_dump_json(), media_type="application/json")


@router.post(
    "/departments/{department}/acts",
    response_model=DecisionReceipt,
    openapi_extra=json_request(ActOfDepartmentBody),
    responses=may_answer(
        errors.BodyUnreadable, errors.BodyTooLarge, errors.ContentTypeWrong, errors.SignatureNotAccepted,
        errors.ForeignDepartment, errors.CaseNotFound, errors.ItemNotFound, errors.CommandNotPossible,
        errors.InputInvalid, errors.OutOfService,
    ),
)  # fmt: skip
async def act(request: Request, services: Services, department: Department) -> Response:
    """Say what happened on the way to a decision: a special procedure begins or ends, a limit is extended."""
    async with refused_of(request).watching(department, "acts"):
        receipt = await department_acts.receive(services, department, request)
    return Response(receipt.model_dump_json(), media_type="application/json")
