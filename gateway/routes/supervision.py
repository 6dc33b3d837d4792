"""Supervision over HTTP: operators see every department, officers their own; each answer is data, or a page."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from gateway import errors
from gateway.access import Caller, Services, is_operator, require_operator
from gateway.case_lists import CursorInvalid
from gateway.language import wants_page
from gateway.problems import may_answer
from gateway.routes.lists import Cursor, Limit, cursor_invalid
from gateway.supervising import composing, pages
from gateway.supervising.views import DepartmentDetail, HandledCases, Period, Supervised, Which
from one_things.events import Responsible, ReturnReason

router = APIRouter(tags=["supervision"])
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
InPeriod = Annotated[Period, Query(description="Calendar days back from today, or `all`.")]
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "Data, or a page."}}
_MAY_ANSWER = (errors.NotSignedIn, errors.NotAllowed, errors.InputInvalid, errors.OutOfService)


@router.get("/supervision", response_model=Supervised, responses={**_PAGE, **may_answer(*_MAY_ANSWER)})
async def supervised(request: Request, services: Services, caller: Caller, period: InPeriod = Period.MONTH) -> Response:
    """What lies with each department, how fast and how well it decides, and how its system answers."""
    seen = await composing.supervised(services, composing.supervised_by(caller), period)
    return pages.list_page(request, seen) if wants_page(request) else _json(seen)


@router.get(
    "/supervision/{department}",
    response_model=DepartmentDetail,
    responses={**_PAGE, **may_answer(*_MAY_ANSWER, errors.DepartmentNotFound)},
)
async def one_department(
    request: Request, services: Services, caller: Caller, department: Code, period: InPeriod = Period.MONTH
) -> Response:
    """The same of one department, item by item, with its returns by reason and by whose doing they were."""
    composing.require_supervised(caller, department)
    seen = await composing.detail(services, department, period)
    if wants_page(request):
        return pages.detail_page(request, seen, operator=is_operator(caller))
    return _json(seen)


@router.get(
    "/supervision/{department}/cases",
    response_model=HandledCases,
    responses={**_PAGE, **may_answer(*_MAY_ANSWER)},
)
async def cases_behind(
    request: Request,
    services: Services,
    caller: Caller,
    department: Code,
    which: Which = Which.OPEN,
    period: InPeriod = Period.MONTH,
    item: Annotated[str | None, Query(max_length=60)] = None,
    reason: ReturnReason | None = None,
    responsible: Responsible | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """For operators: the cases behind a number. ``period``, ``reason`` and ``responsible`` are for returns."""
    require_operator(caller)
    try:
        found = await composing.cases_behind(
            services, department, which, period,
            item=item, reason=reason, responsible=responsible, cursor=cursor, limit=limit,
        )  # fmt: skip
    except CursorInvalid:
        raise cursor_invalid() from None
    if wants_page(request):
        return pages.cases_page(request, services, department, which, found)
    return _json(found)


def _json(seen: BaseModel) -> Response:
    return Response(
        seen.model_dump_json(),
        media_type="application/json",
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
    )
