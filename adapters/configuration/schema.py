"""The JSON Schema of `departments.yaml`, for editors: it completes names and marks mistakes while somebody writes.

It says what may stand where; what makes no sense together is `check.py`, which an editor cannot know.
"""

import json

from adapters.configuration.entry import DirectoryFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def directory_schema() -> str:
    """The schema as `onething adapter schema` prints it."""
    schema = {"$schema": _DIALECT, **DirectoryFile.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
