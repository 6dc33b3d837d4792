"""The API's document as a file: ``python -m gateway.document_file`` renews `openapi.json`; a test compares the two."""

import json
from pathlib import Path

from gateway.api_document import document_of
from gateway.app import create_app

FILE = Path(__file__).with_name("openapi.json")


def current() -> str:
    """The document as it is committed."""
    return json.dumps(document_of(create_app(None)), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(current(), encoding="utf-8")
