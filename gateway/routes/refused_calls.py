"""For operators: what departments' systems sent and we refused."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gateway import errors
from gateway.access import Caller, Services, require_operator
from gateway.language import wants_page
from gateway.pages import refused_calls_page
from gateway.problems import may_answer
from gateway.refused_calls import RefusedPage, latest

router = APIRouter(tags=["departments"])


@router.get(
    "/refused-calls",
    response_model=RefusedPage,
    responses=may_answer(errors.NotSignedIn, errors.NotAllowed, errors.InputInvalid, errors.OutOfService),
)
async def refused_calls(
    request: Request, services: Services, caller: Caller, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Response:
    """Calls at the departments' doors that were refused, by kind and hour, the last ones first."""
    require_operator(caller)
    page = await latest(services.refused_calls, limit)
    if wants_page(request):
        return refused_calls_page(request, page)
    return Response(page.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
