"""Who is calling, and what they may see: bearer token or session cookie, roles, and the guard against other sites."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from gateway import errors
from gateway.services import GatewayServices
from one_things.text import Text
from security.token_keys import IssuerUnavailable
from security.tokens import Principal, Role, TokenRefused

SESSION_COOKIE = "session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def services_of(request: Request) -> GatewayServices:
    """The services this application was made with."""
    services: GatewayServices = request.state.services
    return services


async def _services(request: Request) -> GatewayServices:
    # Waits for nothing, and is a coroutine all the same: FastAPI calls a plain function in a thread, for each request.
    return services_of(request)


async def caller_of(request: Request) -> Principal:
    """The caller. Raises NotSignedIn, CrossSiteRefused, OutOfService when the issuer's keys cannot be had."""
    token = _bearer(request)
    if token is None:
        token = request.cookies.get(SESSION_COOKIE)
        if token is None:
            raise errors.NotSignedIn
        # A cookie travels by itself, a bearer token does not: only the cookie needs the guard.
        if request.method not in _SAFE_METHODS:
            refuse_other_sites(request)
    return await judge(request, token)


async def judge(request: Request, token: str) -> Principal:
    """Who this token stands for; same errors."""
    services = services_of(request)
    try:
        caller = await services.tokens.verify(token)
    except TokenRefused as refused:
        raise errors.NotSignedIn(
            Text(zh=f"登录凭证无效或已过期（{refused.code}），请重新登录。", en=f"{refused} ({refused.code})")
        ) from None
    except IssuerUnavailable:
        raise errors.OutOfService("identity") from None
    if caller.identity is None:
        return caller
    return caller.model_copy(update={"person": person_of(services, caller.identity.get_secret_value())})


def person_of(services: GatewayServices, identity: str) -> str:
    """The opaque name of whoever has this identity number or credit code: keyed, so that nobody can guess at it."""
    return f"person:{services.fingerprint(b'person ' + identity.strip().upper().encode()).hex()}"


def is_owner(caller: Principal, owner: str) -> bool:
    """Whether the case is the caller's: by the subject that applied, or by the identity it was begun for."""
    return owner in {caller.subject, caller.person}


def owners_of(caller: Principal) -> tuple[str, ...]:
    """Every owner that the caller is."""
    return (caller.subject,) if caller.person is None else (caller.subject, caller.person)


def refuse_other_sites(request: Request) -> None:
    """Raises CrossSiteRefused when a browser sent this from a page of another origin.

    Browsers state Sec-Fetch-Site or Origin on every POST; the host is compared with the one this request came to.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site in {"same-origin", "none"}:
        return
    if origin is not None and site is None:
        ours = {request.headers.get("host", ""), urlsplit(services_of(request).settings.public_url).netloc}
        if urlsplit(origin).netloc in ours:
            return
    raise errors.CrossSiteRefused


def is_operator(caller: Principal) -> bool:
    """Whether the caller operates the platform."""
    return caller.has(Role.OPERATOR)


def may_see(caller: Principal, owner: str) -> bool:
    """Applicants see their own cases and no others; operators see all."""
    return is_owner(caller, owner) or is_operator(caller)


def require_operator(caller: Principal) -> None:
    """Raises NotAllowed for everybody else."""
    if not is_operator(caller):
        raise errors.NotAllowed(Text(zh="仅限平台运行人员。", en="Only operators of the platform may do this."))


def _bearer(request: Request) -> str | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise errors.NotSignedIn(Text(zh="请使用 Bearer 令牌。", en="Send Authorization: Bearer and a token."))
    return token.strip()


Caller = Annotated[Principal, Depends(caller_of)]
Services = Annotated[GatewayServices, Depends(_services)]
