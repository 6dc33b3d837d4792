"""Pages that are not also data: the list of cases, and the questions before an act."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gateway.access import Caller, Services
from gateway.corrections import fields_to_correct, materials_to_correct
from gateway.language import language_of
from gateway.one_case import shown_case
from gateway.open_case import SeenCaseNow
from gateway.pages import cancel_page, correction_page, list_page
from gateway.routes.lists import Cursor, page_of
from gateway.signing import awaited_of
from one_things.case import CasePhase

router = APIRouter(include_in_schema=False)
_PAGE_LENGTH = 20


@router.get("/")
async def home(
    request: Request,
    services: Services,
    caller: Caller,
    phase: Annotated[str, Query(max_length=20)] = "",
    overdue: Annotated[str, Query(max_length=10)] = "",
    cursor: Cursor = None,
) -> Response:
    """My cases; for operators all cases, with a filter. An empty filter, as forms send it, is none."""
    chosen = CasePhase(phase) if phase in set(CasePhase) else None
    cases = await page_of(
        services,
        caller,
        phase=chosen,
        department=None,
        overdue=bool(overdue),
        cursor=cursor,
        limit=_PAGE_LENGTH,
    )
    to_sign = (await awaited_of(services, caller)).signatures
    return list_page(request, cases, caller, chosen, bool(overdue), paged=cursor is not None, to_sign=to_sign)


@router.get("/cases/{case_no}/cancel")
async def before_taking_back(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Asks whether the application is really to be taken back, and says what that undoes."""
    view = await shown_case(services, seen, language_of(request))
    return cancel_page(request, seen, view)


@router.get("/cases/{case_no}/items/{item}/correction")
async def before_correcting(request: Request, services: Services, seen: SeenCaseNow, item: str) -> Response:
    """Shows every point of a correction notice with the fields and materials it asks for."""
    view = await shown_case(services, seen, language_of(request))
    fields, materials = fields_to_correct(services, seen, item), materials_to_correct(seen, item)
    return correction_page(request, view, item, fields, materials, everything=seen.state.item(item).asks is None)
