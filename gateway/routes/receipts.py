"""The receipt of a case, for whom it concerns; and its verification, for anybody, without signing in."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from gateway import errors
from gateway.access import Services
from gateway.language import language_of, wants_page
from gateway.open_case import SeenCaseNow
from gateway.pages import receipt_page, verification_page
from gateway.problems import may_answer
from gateway.receipt_pdf import receipt_pdf
from gateway.receipts import HandInReceipt, VerifiedReceipt, receipt_of, verified
from one_things.model import Record

router = APIRouter(tags=["receipts"])
_SEEING = (
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.ReceiptErased, errors.OutOfService,
)  # fmt: skip
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "Data, or a page."}}
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}, "description": "The file."}}
Token = Annotated[str, Path(min_length=1, description="The signed receipt itself, a compact JWS.")]


class ReceiptKeys(Record):
    """The public keys of receipts as a JWK set (RFC 7517); each key stands once more in PEM."""

    current: str
    """Id of the key that signs today; the others signed earlier receipts, which stay valid."""
    kind: Literal["receipt"] = "receipt"
    """What a token must name as its `typ`."""
    keys: tuple[dict[str, str], ...]


@router.get("/cases/{case_no}/receipt", response_model=HandInReceipt, responses={**_PAGE, **may_answer(*_SEEING)})
async def receipt(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """The receipt of hand-in (电子收件凭证): data, or a page to print. It is the same whenever it is asked for."""
    found = await receipt_of(services, seen)
    if wants_page(request):
        return receipt_page(request, found)
    return _json(found, headers={"Vary": "Accept"})


@router.get("/cases/{case_no}/receipt.json", response_model=HandInReceipt, responses=may_answer(*_SEEING))
async def receipt_data(services: Services, seen: SeenCaseNow) -> Response:
    """The same data as a file to keep; for the applicant it holds what the digest was made of."""
    found = await receipt_of(services, seen)
    return _json(found, headers=_saved_as(f"{found.number}.json"))


@router.get("/cases/{case_no}/receipt.pdf", response_class=Response, responses={**_PDF, **may_answer(*_SEEING)})
async def receipt_file(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """The receipt as a PDF."""
    found = await receipt_of(services, seen)
    language = language_of(request)
    # In a thread: it takes some tenths of a second, in which nobody's live stream should stand still.
    made = await asyncio.to_thread(receipt_pdf, found, language, sandbox=services.settings.sandbox)
    headers = {"Cache-Control": "no-store", "Content-Language": language, **_saved_as(f"{found.number}.pdf")}
    return Response(made, media_type="application/pdf", headers=headers)


@router.get("/receipts/key")
async def keys(services: Services) -> ReceiptKeys:
    """The keys with which anybody verifies receipts without asking us again."""
    return ReceiptKeys(current=services.receipt_keys.current_id, keys=services.receipt_keys.published())


@router.get(
    "/receipts/{token}",
    response_model=VerifiedReceipt,
    responses={**_PAGE, **may_answer(errors.ReceiptInvalid)},
)
async def verify(request: Request, services: Services, token: Token) -> Response:
    """Whether this platform signed this receipt, and what it says; nothing about a person. Anybody may ask."""
    try:
        found = verified(services, token)
    except errors.ReceiptInvalid as invalid:
        if wants_page(request):
            return verification_page(request, invalid)
        raise
    return verification_page(request, found) if wants_page(request) else _json(found, headers={"Vary": "Accept"})


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="receipt-{name}"'}


def _json(model: Record, headers: dict[str, str]) -> Response:
    content: Any = model.model_dump_json()
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store", **headers})
