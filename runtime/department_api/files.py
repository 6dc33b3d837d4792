"""All files of docs/department-api that are generated."""

import json
from pathlib import Path
from typing import Any, Final

from adapters.configuration.entry import NEWEST_CONTRACT
from runtime.department_api import called, served, vectors
from runtime.department_api.bodies import BODIES, schema
from runtime.department_api.examples import all_of_them

FOLDER: Final = Path(__file__).parents[2] / "docs" / "department-api"


def generated() -> dict[str, str]:
    """Content by name, relative to the folder."""
    files: dict[str, Any] = {
        "department.openapi.json": served.document(NEWEST_CONTRACT),
        "platform.openapi.json": called.document(NEWEST_CONTRACT),
        "signature-vectors.json": vectors.document(),
    }
    files |= {f"schemas/{name}.json": schema(name) for name in BODIES}
    files |= {f"examples/{example['name']}.json": example for example in all_of_them()}
    return {name: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for name, content in files.items()}
