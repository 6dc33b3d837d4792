"""What the routes of the workbench share: answers, and the claims of whatever one officer at a time works on."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from gateway.access import Services
from gateway.api_document import json_request
from gateway.body import is_page_form, json_body, page_form, parse
from gateway.said import private_json
from gateway.services import GatewayServices
from gateway.workbench import claims
from gateway.workbench.act_forms import claim_of_form
from gateway.workbench.claims import ClaimRequest, ClaimView, HandOverRequest
from gateway.workbench.desk import OnDesk
from one_things.model import Record

_Said = TypeVar("_Said", bound=ClaimRequest)


class Located(Protocol):
    """Something on a desk that is acted upon."""

    @property
    def location(self) -> str:
        """Its path."""


def add_claims(
    router: APIRouter,
    path: str,
    find: Callable[..., Awaitable[OnDesk]],
    thing: str,
    house: str,
    answers: dict[int | str, Any],
) -> None:
    """Below this path: claim what ``find`` finds there, release it, hand it over. ``thing`` and ``house`` name it."""
    _add(router, path, "claim", find, ClaimRequest, claims.claim, answers,
         f"Work on the {thing} from now on; 409 says who does and since when.")  # fmt: skip
    _add(router, path, "release", find, ClaimRequest, claims.release, answers,
         f"Work on it no longer: anybody of the {house} may claim it.")  # fmt: skip
    _add(router, path, "hand-over", find, HandOverRequest, claims.hand_over, answers,
         "Another officer works on it from now on.")  # fmt: skip


def _add(
    router: APIRouter,
    path: str,
    name: str,
    find: Callable[..., Awaitable[OnDesk]],
    asked: type[_Said],
    change: Callable[[GatewayServices, OnDesk, _Said], Awaitable[ClaimView]],
    answers: dict[int | str, Any],
    description: str,
) -> None:
    async def changed(request: Request, services: Services, seen: Annotated[OnDesk, Depends(find)]) -> Response:
        said = await _claim_said(request, services, asked)
        return answered(request, seen, await change(services, seen, said))

    router.post(
        f"{path}/{name}",
        name=name.replace("-", "_"),
        description=description,
        response_model=ClaimView,
        openapi_extra=json_request(asked),
        responses=answers,
    )(changed)


async def _claim_said(request: Request, services: GatewayServices, model: type[_Said]) -> _Said:
    """What a program or a page says of a claim."""
    if not is_page_form(request):
        return await json_body(request, model, services.settings.largest_body)
    form = await page_form(request, services.settings.largest_body, services.settings.largest_content)
    return parse(model, claim_of_form(form))


def answered(request: Request, seen: Located, model: Record) -> Response:
    """For a program what became of it, for a page the thing as it is now."""
    return RedirectResponse(seen.location, status_code=303) if is_page_form(request) else desk_json(model)


def desk_json(model: Record, status: int = 200) -> Response:
    """The same address answers with a page, and to nobody else."""
    response = private_json(model, status)
    response.headers["Vary"] = "Accept"
    return response
