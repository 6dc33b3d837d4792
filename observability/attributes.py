"""The names of span attributes: our own, and those of the instrumentation that may leave the process."""

from enum import StrEnum
from typing import Final


class Attribute(StrEnum):
    """Our own attributes. Their values are codes and numbers, never texts a person wrote."""

    CASE_NO = "onething.case_no"
    ITEM = "onething.item"
    DEPARTMENT = "onething.department"
    ATTEMPT = "onething.attempt"
    OUTCOME = "onething.outcome"
    VERDICT = "onething.verdict"
    BUNDLE = "onething.bundle"
    EVENTS = "onething.events"


FULL_URL: Final = frozenset({"url.full", "http.url", "http.target"})
"""Attributes that hold a URL with its query, which is cut off."""

ALLOWED: Final = (
    frozenset(Attribute)
    | FULL_URL
    | {
        # HTTP, stable and older conventions. Client addresses, user agents and headers are left out on purpose.
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "http.method",
        "http.status_code",
        "http.scheme",
        "url.path",
        "url.scheme",
        "server.address",
        "server.port",
        "network.protocol.version",
        "error.type",
        # Temporal: ids are case numbers and generated ones, types are ours.
        "temporalWorkflowID",
        "temporalRunID",
        "temporalActivityID",
        "temporalActivityType",
        # Events of spans
        "exception.type",
        "exception.escaped",
    }
)
"""Every attribute that may leave the process; all others are dropped (`span_guard`)."""
