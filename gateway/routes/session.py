"""Signing in to the pages: a token becomes a cookie that scripts cannot read and other sites cannot send."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints
from starlette.responses import RedirectResponse

from gateway import errors
from gateway.access import SESSION_COOKIE, Services, judge, refuse_other_sites
from gateway.api_document import json_request
from gateway.body import FORM, content_type, json_body, raw_body
from gateway.pages import own_path, sign_in_page
from gateway.problems import may_answer
from gateway.services import GatewayServices
from one_things.model import Record
from security.tokens import Principal

router = APIRouter(tags=["session"])


class SignIn(Record):
    """A token to sign in with."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=8000)]


@router.get("/sign-in", include_in_schema=False)
async def form(request: Request) -> Response:
    """The sign-in page; a token behind ``#token=`` never reaches a server's log."""
    return sign_in_page(request)


@router.post(
    "/session",
    status_code=204,
    openapi_extra=json_request(SignIn),
    responses=may_answer(
        errors.NotSignedIn, errors.CrossSiteRefused, errors.BodyUnreadable, errors.BodyTooLarge,
        errors.ContentTypeWrong, errors.InputInvalid, errors.OutOfService,
    ),
)  # fmt: skip
async def sign_in(request: Request, services: Services) -> Response:
    """Turn a token into a session cookie that lasts as long as the token."""
    # Also without a cookie: nobody else's page may sign somebody in as a person of its choice.
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        refuse_other_sites(request)
    if content_type(request) == FORM:
        return await _sign_in_by_form(request, services)
    stated = await json_body(request, SignIn, services.settings.largest_body)
    caller = await judge(request, stated.token)
    return _with_cookie(Response(status_code=204), services, stated.token, caller)


@router.post("/sign-out", include_in_schema=False)
async def sign_out(request: Request) -> Response:
    """Forget the session of this browser."""
    refuse_other_sites(request)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def _sign_in_by_form(request: Request, services: GatewayServices) -> Response:
    body = await raw_body(request, services.settings.largest_body)
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    token = fields.get("token", [""])[0].strip()
    try:
        caller = await judge(request, token)
    except errors.NotSignedIn:
        return sign_in_page(request, failed=True)
    target = own_path(fields.get("next", ["/"])[0])
    return _with_cookie(RedirectResponse(target, status_code=303), services, token, caller)


def _with_cookie(response: Response, services: GatewayServices, token: str, caller: Principal) -> Response:
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=max(int((caller.expires_at - datetime.now(UTC)).total_seconds()), 0),
        path="/",
        secure=services.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="strict",
    )
    return response
