"""Problems on the wire: problem+json (RFC 9457) for programs, a page for people, a schema for the API's document."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from event_store.errors import StoreUnavailable
from gateway import errors
from gateway.language import language_of
from one_things.faults import Fault
from one_things.text import Text

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)


class ProblemDocument(BaseModel):
    """A problem as RFC 9457 writes it. ``code`` is stable and for programs, ``title`` and ``detail`` are for people."""

    type: str = "about:blank"
    code: str
    status: int
    title: str
    detail: str | None = None
    instance: str = Field(description="The path that was asked for.")
    trace_id: str | None = Field(default=None, description="Names this request in the log.")
    faults: tuple[Fault, ...] = ()


ErrorPage = Callable[[Request, ProblemDocument, str], Response | None]
"""Renders a problem for a person; None when the caller is a program."""


_SCHEMAS: dict[type[errors.Problem], type[ProblemDocument]] = {}


def schema_of(problem: type[errors.Problem]) -> type[ProblemDocument]:
    """The document of one problem, its status (and code, where it is always the same) being constants."""
    if problem not in _SCHEMAS:
        code: Any = str if "stated_code" in vars(problem) else Literal[problem.code]
        status: Any = Literal[problem.status]
        _SCHEMAS[problem] = create_model(
            problem.__name__, __base__=ProblemDocument, __doc__=problem.__doc__, code=(code, ...), status=(status, ...)
        )
    return _SCHEMAS[problem]


def may_answer(*problems: type[errors.Problem]) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may raise these problems, for the API's document."""
    by_status: dict[int, list[type[errors.Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, []).append(problem)
    responses: dict[int | str, dict[str, Any]] = {}
    for status, group in by_status.items():
        model: Any = schema_of(group[0])
        for other in group[1:]:
            model = model | schema_of(other)
        responses[status] = {"model": model, "description": "; ".join(problem.title.en for problem in group)}
    return responses


def faults_of(found: list[ErrorDetails], root: str = "") -> tuple[Fault, ...]:
    """Pydantic's findings as faults; the offending values stay out, they may be personal."""
    return tuple(_fault(error, root) for error in found)


def _fault(error: ErrorDetails, root: str) -> Fault:
    path = ".".join(str(part) for part in error["loc"])
    return Fault(
        field=".".join(part for part in (root, path) if part) or "body",
        code=error["type"].replace("_", "-"),
        reason=Text(zh=f"格式不符合要求：{error['msg']}", en=error["msg"]),
        fix=Text(zh="请按接口说明填写该字段。", en="Write this field as the API's document says."),
    )


def answer(request: Request, problem: errors.Problem) -> Response:
    """The response that states this problem to this caller."""
    language = language_of(request)
    document = ProblemDocument(
        code=problem.stated_code,
        status=problem.status,
        title=problem.title.in_language(language),
        detail=problem.detail.in_language(language) if problem.detail else None,
        instance=request.url.path,
        trace_id=_trace_id(),
        faults=problem.faults,
    )
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    response = page(request, document, language) if page else None
    if response is None:
        response = Response(document.model_dump_json(exclude_none=True), problem.status, media_type=MEDIA_TYPE)
    response.headers.update({**problem.headers, "Content-Language": language, "Cache-Control": "no-store"})
    return response


def _trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def install(app: FastAPI, error_page: ErrorPage) -> None:
    """Every way in which a request can fail ends in one of our problems."""
    app.state.error_page = error_page

    def on(kind: type[Exception], translate: Callable[[Any], errors.Problem]) -> None:
        async def handler(request: Request, error: Exception) -> Response:
            return answer(request, translate(error))

        app.add_exception_handler(kind, handler)

    on(errors.Problem, lambda problem: problem)
    on(HTTPException, _of_framework)
    on(RequestValidationError, lambda error: errors.InputInvalid(faults=faults_of(error.errors())))
    on(StoreUnavailable, lambda _: errors.OutOfService("record"))


def _of_framework(error: HTTPException) -> errors.Problem:
    match error.status_code:
        case 404:
            return errors.PageNotFound()
        case 405:
            return errors.MethodNotAllowed(headers=dict(error.headers or {}))
        case _:
            return errors.BodyUnreadable()


class UnexpectedFaults:
    """Outermost layer: an exception nobody foresaw becomes a problem with a trace id, and one line in the log."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on; answer for whatever escapes, unless the answer had begun already."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def watched(message: Any) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            # The message of a validation error quotes what it found; the type alone is safe to log.
            shown = None if isinstance(error, ValidationError) else error
            _LOG.error("unexpected %s at %s", type(error).__name__, scope["path"], exc_info=shown)
            if began:
                raise
            await answer(Request(scope), errors.InternalFault())(scope, receive, send)
