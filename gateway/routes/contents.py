"""The contents of materials over HTTP: uploaded before and during a case, fetched by applicants and departments."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from gateway import errors
from gateway.access import Caller, Services
from gateway.body import raw_body
from gateway.case_contents import (
    CaseContents,
    Opened,
    content_for_applicant,
    content_for_department,
    contents_of,
    store_in_case,
)
from gateway.drafts import DRAFT_NAME, store_in_draft
from gateway.language import wants_page
from gateway.open_case import SeenCaseNow
from gateway.pages import contents_page
from gateway.problems import may_answer
from gateway.said import private_json
from gateway.state import refused_of
from gateway.uploads import StoredContent
from one_things.contents import ContentKind

router = APIRouter()
_DIGEST = r"^[a-z0-9-]{1,20}:[0-9a-f]{32,128}$"
Digest = Annotated[str, Path(pattern=_DIGEST)]
_ANY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {"requestBody": {"required": True, "content": {kind.value: _ANY for kind in ContentKind}}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.value: _ANY for kind in ContentKind}, "description": "The content."}
}
_UPLOADING = (
    errors.NotSignedIn, errors.CrossSiteRefused, errors.BodyUnreadable, errors.BodyTooLarge, errors.TooMuchUploaded,
    errors.ContentKindWrong, errors.ContentEmpty, errors.ContentDiffers, errors.InputInvalid, errors.OutOfService,
)  # fmt: skip


@router.post(
    "/drafts/{draft}/contents",
    tags=["cases"],
    status_code=201,
    response_model=StoredContent,
    openapi_extra=_UPLOAD,
    responses=may_answer(*_UPLOADING),
)
async def upload_to_draft(
    request: Request, services: Services, caller: Caller, draft: Annotated[str, Path(pattern=DRAFT_NAME)]
) -> Response:
    """Upload a content before there is a case; name the draft in the application. The same content is kept once.

    What it is shows in its bytes. ``Repr-Digest`` (RFC 9530), where it is sent, has to fit them.
    """
    content = await raw_body(request, services.settings.largest_content)
    stored = await store_in_draft(services, caller.subject, draft, content, _stated(request))
    return private_json(stored, 201)


@router.post(
    "/cases/{case_no}/contents",
    tags=["cases"],
    status_code=201,
    response_model=StoredContent,
    openapi_extra=_UPLOAD,
    responses=may_answer(
        *_UPLOADING, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.CommandNotPossible
    ),
)
async def upload_to_case(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Upload a content for a correction or for what is handed in later; hand it in by its digest afterwards."""
    content = await raw_body(request, services.settings.largest_content)
    return private_json(await store_in_case(services, seen, content, _stated(request)), 201)


@router.get(
    "/cases/{case_no}/contents",
    tags=["cases"],
    response_model=CaseContents,
    responses=may_answer(
        errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.OutOfService
    ),
)
async def list_contents(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """What was uploaded to the case: data, or a page. For its applicant and their agent alone."""
    found = await contents_of(services, seen)
    return contents_page(request, seen, found) if wants_page(request) else private_json(found)


@router.get(
    "/cases/{case_no}/contents/{digest}",
    tags=["cases"],
    response_class=Response,
    responses={
        **_FILE,
        **may_answer(
            errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.NotAllowed, errors.ContentNotFound,
            errors.ContentErased, errors.ContentDamaged, errors.InputInvalid, errors.OutOfService,
        ),
    },
)  # fmt: skip
async def download(services: Services, seen: SeenCaseNow, digest: Digest) -> Response:
    """A content of the case, for its applicant and their agent alone."""
    return _file(await content_for_applicant(services, seen, digest))


@router.get(
    "/departments/{department}/cases/{case_no}/materials/{digest}",
    tags=["departments"],
    response_class=Response,
    responses={
        **_FILE,
        **may_answer(
            errors.SignatureNotAccepted, errors.ForeignDepartment, errors.CaseNotFound, errors.ContentNotFound,
            errors.ContentErased, errors.ContentDamaged, errors.InputInvalid, errors.OutOfService,
        ),
    },
)  # fmt: skip
async def fetch(
    request: Request,
    services: Services,
    department: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")],
    case_no: str,
    digest: Digest,
) -> Response:
    """Fetch the content of a material of an item that lies with you; the request is signed as a decision is.

    404 is for what was not submitted to you, or not yet: the record may be a moment behind your answer.
    """
    async with refused_of(request).watching(department, "materials"):
        opened = await content_for_department(services, department, case_no, digest, request)
    return _file(opened)


def _stated(request: Request) -> str | None:
    return request.headers.get("repr-digest") or request.headers.get("content-digest")


def _file(opened: Opened) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{opened.file_name}"',
        "Repr-Digest": opened.repr_digest,
    }
    return Response(opened.content, media_type=opened.media_type, headers=headers)
