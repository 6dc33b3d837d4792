"""Small YAML or JSON files that a person hands to a command: read as they were written, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from runtime.cli.commands import CommandFailed

_BAD_INPUT = 2
_LARGEST_FILE = 1_000_000  # bytes


def read_mapping(file: Path, what: str) -> dict[str, Any]:
    """The names and values in the file; JSON is YAML, too. ``what`` it should hold is said when it does not.

    Raises CommandFailed.
    """
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise CommandFailed(f"{file} is larger than {what} can be", _BAD_INPUT)
        content = yaml.load(file.read_text(encoding="utf-8"), _PlainLoader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}", _BAD_INPUT) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} is neither YAML nor JSON: {' '.join(str(error).split())}", _BAD_INPUT) from None
    if not isinstance(content, dict):
        raise CommandFailed(f"{file} does not hold {what}", _BAD_INPUT)
    return content


class _PlainLoader(yaml.SafeLoader):
    """Dates stay the texts that were written."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
