"""What the current work is about, on every log line and on the current span; and how a trace is handed on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from observability.attributes import Attribute

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_bound: ContextVar[Mapping[str, str]] = ContextVar("onething_bound", default=_NOTHING)
_W3C: Final = TraceContextTextMapPropagator()


@contextmanager
def bind(*, case_no: str | None = None, item: str | None = None, department: str | None = None) -> Iterator[None]:
    """Within it, log lines carry the given fields, and so does the span that is current on entry. Nests.

    Not for workflow code: there the case number comes from the workflow's id.
    """
    given = {name: value for name, value in (("case_no", case_no), ("item", item), ("department", department)) if value}
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attributes({Attribute[name.upper()].value: value for name, value in given.items()})
    before = _bound.get()
    _bound.set({**before, **given})
    try:
        yield
    finally:
        # Not a token's reset: a generator closed by the event loop ends in another context, where a token is an error.
        _bound.set(before)


def bound() -> Mapping[str, str]:
    """The fields bound here: of `case_no`, `item`, `department` those that are known."""
    return _bound.get()


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, to be stored beside work that another process will take up."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continued(traceparent: str | None) -> Iterator[None]:
    """Within it, new spans belong to the stored trace. With None or a broken value nothing changes."""
    if traceparent is None:
        yield
        return
    token = attach(_W3C.extract({"traceparent": traceparent}))
    try:
        yield
    finally:
        detach(token)
