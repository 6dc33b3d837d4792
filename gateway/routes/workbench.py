"""The workbench over HTTP: the inbox of a department, one item, claims, acts, contents; as data and as pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from gateway import errors
from gateway.access import Caller, Services
from gateway.api_document import json_request
from gateway.body import is_page_form, json_body, page_form, raw_body
from gateway.case_lists import CursorInvalid
from gateway.language import language_of, wants_page
from gateway.problems import may_answer
from gateway.routes.lists import Cursor, Limit, cursor_invalid
from gateway.routes.on_desk import add_claims, answered, desk_json
from gateway.uploads import StoredContent
from gateway.workbench.act_forms import act_of_form
from gateway.workbench.act_models import ActReceipt, OfficerActBody
from gateway.workbench.acts import act
from gateway.workbench.contents import content_for_officer, store_result
from gateway.workbench.desk import DeskItemNow, DeskNow, desk_item, require_officer
from gateway.workbench.inbox import InboxFilter, InboxPage, inbox_page
from gateway.workbench.item import DeskItemView, desk_item_view
from gateway.workbench.pages import desks_page, inbox_as_page, item_page
from one_things.contents import ContentKind
from one_things.inbox import InboxState
from one_things.model import Record

router = APIRouter(tags=["workbench"])
Digest = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,20}:[0-9a-f]{32,128}$")]
_SEEING = (errors.NotSignedIn, errors.NotAllowed, errors.InputInvalid, errors.OutOfService)
_ITEM = (*_SEEING, errors.WorkbenchNotFound, errors.CaseNotFound)
_ACTING = (*_ITEM, errors.CrossSiteRefused, errors.CommandNotPossible, errors.BodyUnreadable, errors.BodyTooLarge,
           errors.ContentTypeWrong)  # fmt: skip
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "Data, or a page."}}
_BYTES: dict[str, Any] = {kind.value: {"schema": {"type": "string", "format": "binary"}} for kind in ContentKind}
_ONE = "/workbench/{department}/items/{case_no}/{item}"


class Desks(Record):
    """The departments for which the caller works on our pages."""

    departments: tuple[str, ...]


@router.get("/workbench", response_model=Desks, responses={**_PAGE, **may_answer(*_SEEING)})
async def desks(request: Request, services: Services, caller: Caller) -> Response:
    """The departments for which one works here; with a single one its page is the inbox."""
    require_officer(caller)
    found = Desks(departments=tuple(sorted(filter(services.on_workbench, caller.departments))))
    if not wants_page(request):
        return desk_json(found)
    if len(found.departments) == 1:
        return RedirectResponse(f"/workbench/{found.departments[0]}/items", status_code=303)
    return desks_page(request, services, found.departments)


@router.get(
    "/workbench/{department}/items",
    response_model=InboxPage,
    responses={**_PAGE, **may_answer(*_SEEING, errors.WorkbenchNotFound)},
)
async def inbox(
    request: Request,
    services: Services,
    desk: DeskNow,
    state: Annotated[InboxState | None, Query()] = None,
    mine: bool = False,
    overdue: bool = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """What lies with the department, the soonest date first; by state, by one's own claims, by what is late."""
    wanted = InboxFilter(state=state, mine=mine, overdue=overdue, cursor=cursor, limit=limit)
    try:
        page = await inbox_page(services, desk, wanted)
    except CursorInvalid:
        raise cursor_invalid() from None
    return inbox_as_page(request, services, desk, page, wanted) if wants_page(request) else desk_json(page)


@router.get(_ONE, response_model=DeskItemView, responses={**_PAGE, **may_answer(*_ITEM)})
async def look(request: Request, services: Services, seen: DeskItemNow) -> Response:
    """An item: what its department needs to decide it, and nothing else of the case. The page can be printed."""
    view = await desk_item_view(services, seen, language_of(request))
    return item_page(request, seen, view) if wants_page(request) else desk_json(view)


add_claims(router, _ONE, desk_item, "item", "department", may_answer(*_ACTING))


@router.post(
    f"{_ONE}/acts",
    response_model=ActReceipt,
    openapi_extra=json_request(OfficerActBody),
    responses=may_answer(
        *_ACTING, errors.ItemNotFound, errors.ForeignDepartment, errors.ContentKindWrong, errors.ContentEmpty,
        errors.TooMuchUploaded,
    ),
)  # fmt: skip
async def do(request: Request, services: Services, seen: DeskItemNow) -> Response:
    """Accept, return, ask for corrections, begin or end a procedure, decide, ask for an extension, undo by hand."""
    settings = services.settings
    if is_page_form(request):
        form = await page_form(request, settings.largest_body, settings.largest_content)
        said = await act_of_form(form, lambda content: store_result(services, seen, content))
        return answered(request, seen, await act(services, seen, said))
    body = await json_body(request, OfficerActBody, settings.largest_body)
    return desk_json(await act(services, seen, body.root))


@router.post(
    f"{_ONE}/contents",
    status_code=201,
    response_model=StoredContent,
    openapi_extra={"requestBody": {"required": True, "content": _BYTES}},
    responses=may_answer(
        *_ACTING, errors.ContentKindWrong, errors.ContentEmpty, errors.ContentDiffers, errors.TooMuchUploaded
    ),
)
async def upload(request: Request, services: Services, seen: DeskItemNow) -> Response:
    """Upload what is to be a result; we compute its digest, and the approval names it."""
    content = await raw_body(request, services.settings.largest_content)
    stated = request.headers.get("repr-digest") or request.headers.get("content-digest")
    return desk_json(await store_result(services, seen, content, stated), 201)


@router.get(
    f"{_ONE}/contents/{{digest}}",
    response_class=Response,
    responses={
        200: {"content": _BYTES, "description": "The content."},
        **may_answer(*_ITEM, errors.ContentNotFound, errors.ContentErased, errors.ContentDamaged),
    },
)
async def download(services: Services, seen: DeskItemNow, digest: Digest) -> Response:
    """A material of the item while it lies with the department, or a result that it issued."""
    opened = await content_for_officer(services, seen, digest)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{opened.file_name}"',
        "Repr-Digest": opened.repr_digest,
    }
    return Response(opened.content, media_type=opened.media_type, headers=headers)
