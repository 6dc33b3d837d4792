"""A simulated department fetches the contents of what was submitted to it, signed with its own key, and checks them."""

import hashlib
from collections.abc import Mapping

import httpx
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from adapters.port import MaterialReference
from adapters.sandbox.callbacks import Sign
from adapters.sandbox.city import City
from adapters.sandbox.ledger import Kept
from one_things.model import Record

_SECONDS = 15.0
_DECISIONS = "/decisions"


class FetchByHand(Record):
    """Whose contents: the latest attempt at this item, as the department received it; ``digests`` come besides."""

    case_no: str
    item: str
    digests: tuple[str, ...] = ()


class FetchedContent(Record):
    """What the gateway gave for one digest, and whether it is the content that the digest names."""

    digest: str
    status: int
    media_type: str
    size: int
    matches: bool


class FetchedContents(Record):
    """Everything that was fetched."""

    contents: tuple[FetchedContent, ...]


class _Submitted(BaseModel):
    materials: tuple[MaterialReference, ...] = Field(default=())


def material_routes(signers: Mapping[str, Sign]) -> APIRouter:
    """The route under `/control` that lets a department fetch contents."""
    router = APIRouter()

    @router.post("/materials")
    async def fetch_materials(request: Request, wanted: FetchByHand) -> FetchedContents:
        """Fetch the contents of a submission's materials once, now."""
        city: City = request.state.city
        kept = city.ledger.latest(wanted.case_no, wanted.item, "submit")
        if kept is None or not kept.callback_url:
            raise HTTPException(404, "nothing was taken for this item of this case")
        named = _Submitted.model_validate_json(kept.body).materials
        digests = dict.fromkeys((*(material.digest for material in named), *wanted.digests))
        sign = signers[kept.department]
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            return FetchedContents(contents=tuple([await _fetched(client, sign, kept, digest) for digest in digests]))

    return router


async def _fetched(client: httpx.AsyncClient, sign: Sign, kept: Kept, digest: str) -> FetchedContent:
    url = f"{kept.callback_url.removesuffix(_DECISIONS)}/cases/{kept.case_no}/materials/{digest}"
    headers = {"X-Sandbox": "simulation"}
    try:
        answer = await client.get(url, headers={**headers, **sign("GET", url, headers, b"")})
    except httpx.HTTPError as error:
        raise HTTPException(502, f"the gateway did not answer: {type(error).__name__}") from None
    return FetchedContent(
        digest=digest,
        status=answer.status_code,
        media_type=answer.headers.get("content-type", ""),
        size=len(answer.content),
        matches=digest == f"sha-256:{hashlib.sha256(answer.content).hexdigest()}",
    )
