"""Lists of cases: one's own, or for operators everybody's, a page at a time."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from gateway import errors
from gateway.access import Caller, Services, is_operator, owners_of
from gateway.case_lists import CasePage, CaseQuery, CursorInvalid
from gateway.problems import may_answer
from gateway.services import GatewayServices
from one_things.case import CasePhase
from one_things.faults import Fault
from one_things.text import Text
from security.tokens import Principal

router = APIRouter(tags=["cases"])
PhaseFilter = Annotated[CasePhase | None, Query()]
DepartmentFilter = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/cases", responses=may_answer(errors.NotSignedIn, errors.InputInvalid, errors.OutOfService))
async def cases(
    services: Services,
    caller: Caller,
    phase: PhaseFilter = None,
    department: DepartmentFilter = None,
    overdue: bool = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> CasePage:
    """One's own cases, newest first; operators get everybody's."""
    return await page_of(
        services, caller, phase=phase, department=department, overdue=overdue, cursor=cursor, limit=limit
    )


async def page_of(
    services: GatewayServices,
    caller: Principal,
    *,
    phase: CasePhase | None,
    department: str | None,
    overdue: bool,
    cursor: str | None,
    limit: int,
) -> CasePage:
    """The page that this caller may see. Raises InputInvalid for a cursor that is none of ours."""
    query = CaseQuery(
        owners=None if is_operator(caller) else owners_of(caller),
        phase=phase,
        department=department,
        overdue=overdue,
        cursor=cursor,
        limit=limit,
    )
    try:
        return await services.lists.page(query, datetime.now(UTC))
    except CursorInvalid:
        raise cursor_invalid() from None


def cursor_invalid() -> errors.InputInvalid:
    """What is said of a cursor that none of our pages ended with."""
    fault = Fault(
        field="query.cursor",
        code="cursor-invalid",
        reason=Text(zh="不是有效的翻页位置。", en="This is no position in a list."),
        fix=Text(zh="请使用上一页返回的 next。", en="Use the `next` of the page before."),
    )
    return errors.InputInvalid(faults=(fault,))
