"""The JSON Schema of bundles, for editors: it completes names and marks mistakes while an author writes.

It says what may stand where. Whether the bundle makes sense is `check.py`, which an editor cannot know.
"""

import json

from one_things.definition import Bundle

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def bundle_schema() -> str:
    """The schema as it is written beside the bundles, in ``catalogue/bundle.schema.json``."""
    schema = {"$schema": _DIALECT, **Bundle.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
