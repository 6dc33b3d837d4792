"""OpenAPI 3.1 of what a department serves."""

from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from adapters.contract_versions import CLOUD_EVENT, HEADER, JSON
from adapters.wire_bodies import Cursor
from runtime.department_api.bodies import BODIES, OF_THE_DEPARTMENT, TO_THE_DEPARTMENT, components

EXAMPLE_POSITION: Final = "1795366569.25~42"
_REFERENCE: Final = "#/components/schemas/{model}"
_ANSWERS: Final = {
    "200": ("Done", ("done",)),
    "202": ("Taken", ("taken",)),
    "400": ("Refused with a reason, or everything that is missing", ("refusal", "correction")),
}
_VERSION: Final = {HEADER: {"description": "As in the request.", "schema": {"type": "string"}}}
_FOUND: Final = {"404": ("`not-found`: nothing is held about this subject", ("problem",))}
_EVERYWHERE: Final = {
    "401": ("The credential is missing or wrong", ("problem",)),
    "406": ("`contract-unknown`: this version is not spoken", ("problem",)),
    "422": ("The body does not follow the contract", ("problem",)),
}


class _Operation(NamedTuple):
    method: str
    path: str
    name: str
    summary: str
    body: str | None
    answers: dict[str, tuple[str, tuple[str, ...]]]
    has_key: bool = False
    query: tuple[dict[str, Any], ...] = ()


_CONFLICT: Final = {"409": ("Another body was taken under this key", ("problem",))}
_OPERATIONS: Final = (
    _Operation(
        "post", "/submissions", "submit", "One attempt at one item", "submission", {**_ANSWERS, **_CONFLICT}, True
    ),
    _Operation(
        "get",
        "/submissions/{key}",
        "ask",
        "Did it arrive, and where does it stand?",
        None,
        {**_ANSWERS, "404": ("`never-arrived`: it is safe to send", ("problem",))},
    ),
    _Operation(
        "post",
        "/submissions/{key}/undo",
        "undo",
        "Withdraw it, or undo what was approved",
        "undo-request",
        {**_ANSWERS, "400": ("It cannot be undone", ("refusal",)), **_CONFLICT},
        True,
    ),
    _Operation(
        "post",
        "/submissions/{key}/materials",
        "supply",
        "A material that follows",
        "supply-request",
        {"200": _ANSWERS["200"], "400": ("It is not taken", ("refusal",)), **_CONFLICT},
        True,
    ),
    _Operation(
        "post",
        "/datasets/{name}/lookups",
        "lookUpData",
        "Shared data about a subject",
        "lookup-request",
        {"200": ("What is held", ("found",)), **_FOUND},
    ),
    _Operation(
        "post",
        "/licences/{type}/lookups",
        "lookUpLicence",
        "An e-licence of a subject",
        "lookup-request",
        {"200": ("The licence", ("licence",)), **_FOUND},
    ),
    _Operation(
        "get",
        "/decisions",
        "listDecisions",
        "Every decision and act behind a position, the oldest first; of a department that is polled (`http-poll`)",
        None,
        {
            "200": ("The list", ("decision-list",)),
            "410": (
                "`cursor-unknown`: no position of this list; it is read from its beginning",
                ("problem",),
            ),
        },
        query=(
            {
                "name": "limit",
                "in": "query",
                "required": True,
                "description": "At most so many entries.",
                "schema": {"type": "integer", "minimum": 1},
                "example": 500,
            },
            {
                "name": "after",
                "in": "query",
                "required": False,
                "description": "The `cursor` of the last entry that was read; without it, from the beginning.",
                "schema": TypeAdapter(Cursor).json_schema(),
                "example": EXAMPLE_POSITION,
            },
        ),
    ),
)


def document(version: int) -> dict[str, Any]:
    """The document of this version of the contract."""
    paths: dict[str, Any] = {}
    for operation in _OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "What a department serves to the one-thing platform",
            "version": str(version),
            "description": "200 is done, 202 is taken, 400 is refused with a reason; anything else means not known, "
            "and is asked again. The same key again has the first answer and no second effect.",
        },
        "paths": paths,
        "security": [{"credential": []}],
        "components": {
            "schemas": components({**TO_THE_DEPARTMENT, **OF_THE_DEPARTMENT}, _REFERENCE),
            "securitySchemes": {"credential": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(operation: _Operation) -> dict[str, Any]:
    in_path = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": _EXAMPLES[name]}
        for name in in_path
    ]
    parameters += operation.query
    if operation.has_key:
        parameters.append(_header("Idempotency-Key", "The same key again is the same call.", required=True))
    parameters.append(_header(HEADER, "The version of the contract; from version 2 on.", required=False))
    parameters.append(_header("traceparent", "W3C trace context; give it back with the callback.", required=False))
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {
            status: {"description": said, "headers": _VERSION, "content": {_type(status): {"schema": _one_of(names)}}}
            for status, (said, names) in sorted({**operation.answers, **_EVERYWHERE}.items())
        },
    }
    if operation.body is not None:
        content = {JSON: {"schema": _one_of((operation.body,))}}
        if operation.body == "submission":
            content[CLOUD_EVENT] = {"schema": _one_of(("submission-event",))}
        described["requestBody"] = {"required": True, "content": content}
    return described


_EXAMPLES: Final = {
    "key": "4419-2026-000017:tax-clearance:1",
    "name": "enterprise-register",
    "type": "business-licence",
}


def _header(name: str, description: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


def _type(status: str) -> str:
    return "application/json" if status < "400" else "application/problem+json"


def _one_of(names: tuple[str, ...]) -> dict[str, Any]:
    references = [{"$ref": _REFERENCE.format(model=BODIES[name].__name__)} for name in names]
    return references[0] if len(references) == 1 else {"oneOf": references}
