"""For operators: submit a failed item once more."""

from fastapi import APIRouter, Request, Response

from gateway import errors
from gateway.access import Services, require_operator
from gateway.open_case import SeenCaseNow
from gateway.problems import may_answer
from gateway.retrying import retry
from gateway.said import answered
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])


@router.post(
    "/cases/{case_no}/items/{item}/retry",
    response_model=Receipt,
    responses=may_answer(
        errors.NotSignedIn, errors.NotAllowed, errors.CrossSiteRefused, errors.CaseNotFound, errors.CaseNotBegun,
        errors.ItemNotFound, errors.CommandNotPossible, errors.OutOfService,
    ),
)  # fmt: skip
async def again(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Submit a failed item once more, as the next attempt; its task is settled by it."""
    require_operator(seen.caller)
    return answered(request, seen, await retry(services, seen, item))
