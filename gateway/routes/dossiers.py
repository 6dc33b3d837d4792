"""The dossier of a case as one file to keep."""

from typing import Any

from fastapi import APIRouter, Request, Response

from gateway import errors
from gateway.access import Services
from gateway.dossier import dossier_of
from gateway.language import language_of
from gateway.open_case import SeenCaseNow
from gateway.problems import may_answer

router = APIRouter(tags=["cases"])
_ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}, "description": "The file."}}


@router.get(
    "/cases/{case_no}/dossier",
    response_class=Response,
    responses={
        **_ZIP,
        **may_answer(errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.OutOfService),
    },
)
async def dossier(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Everything that belongs to the case in one zip: record, timeline, decisions, receipt; signed, and verifiable."""
    made = await dossier_of(services, seen, language_of(request))
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="dossier-{seen.state.case_no}.zip"',
    }
    return Response(made, media_type="application/zip", headers=headers)
