"""The door for departments' systems: their decisions, signed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gateway import errors
from gateway.access import Services
from gateway.api_document import json_request
from gateway.decisions import DecisionReceipt, DepartmentDecision, receive
from gateway.problems import may_answer

router = APIRouter(tags=["departments"])


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
async def decide(
    request: Request, services: Services, department: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
) -> Response:
    """Hand in a decision. Repeat it until the answer is 2xx or 4xx; the same decision id counts once."""
    receipt: DecisionReceipt = await receive(services, department, request)
    return Response(receipt.model_dump_json(), media_type="application/json")
