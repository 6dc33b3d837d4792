"""The API's own document (OpenAPI): problems as problem+json, raw bodies with their schemas, security schemes.

`document_file.py` writes it to `openapi.json`.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.problems import MEDIA_TYPE

_REFERENCE = "#/components/schemas/{model}"
_NAMED: dict[str, type[BaseModel]] = {}
"""Models that routes name without FastAPI knowing them: bodies they read themselves, events of a stream."""


def reference(model: type[BaseModel]) -> dict[str, str]:
    """A reference to the model's schema, which the document then holds."""
    _NAMED[model.__name__] = model
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def json_request(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """The ``openapi_extra`` of a route that reads this model from the raw body."""
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": reference(model)}}}}


def document_of(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes, description=_DESCRIPTION)
        _, definitions = models_json_schema(
            [(model, "validation") for _, model in sorted(_NAMED.items())], ref_template=_REFERENCE
        )
        components = document.setdefault("components", {})
        components.setdefault("schemas", {}).update(definitions["$defs"])
        components["securitySchemes"] = _SECURITY_SCHEMES
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _finish(path, operation)
        app.openapi_schema = document
    return app.openapi_schema


def _finish(path: str, operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content and path != "/ready":
            content[MEDIA_TYPE] = content.pop("application/json")
    if path.startswith("/departments/"):
        operation["security"] = [{"departmentSignature": []}]
    elif path.startswith(("/cases", "/bundles", "/precheck", "/drafts", "/workbench")):
        operation["security"] = [{"token": []}, {"session": []}]


_DESCRIPTION = (
    "Apply for a one-thing (一件事), follow it live, and, as a department, decide. "
    "Every refusal is application/problem+json with a stable `code`."
)
_SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "session": {"type": "apiKey", "in": "cookie", "name": "session"},
    "departmentSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "HTTP message signature (RFC 9421) by a key registered as `<department>.<version>`, over "
        "@method, @path, content-type and content-digest, created within 300 seconds.",
    },
}
