"""OpenAPI 3.1 of what a department calls: the part of the gateway's own document that is for departments."""

import json
import re
from typing import Any, Final

from gateway.document_file import current

_OURS: Final = "/departments/"
_SCHEMA: Final = re.compile(r'"#/components/schemas/([^"]+)"')


def document(version: int) -> dict[str, Any]:
    """The document of this version of the contract."""
    whole = json.loads(current())
    paths = {path: operations for path, operations in whole["paths"].items() if path.startswith(_OURS)}
    return {
        "openapi": whole["openapi"],
        "info": {
            "title": "What a department calls on the one-thing platform",
            "version": str(version),
            "description": "Each request is signed (RFC 9421) and repeated until the answer is 2xx or 4xx.",
        },
        "paths": paths,
        "components": {
            "schemas": _reached(paths, whole["components"]["schemas"]),
            "securitySchemes": {"departmentSignature": whole["components"]["securitySchemes"]["departmentSignature"]},
        },
    }


def _reached(paths: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths refer to, directly or through others."""
    reached: dict[str, Any] = {}
    open_ones = set(_SCHEMA.findall(json.dumps(paths)))
    while open_ones:
        name = open_ones.pop()
        reached[name] = schemas[name]
        open_ones |= set(_SCHEMA.findall(json.dumps(schemas[name]))) - reached.keys()
    return dict(sorted(reached.items()))
