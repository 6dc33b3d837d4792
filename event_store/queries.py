"""SQL lives in files, as named blocks: ``-- name: append`` begins one, the next name or the file's end closes it."""

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (?P<name>[a-z_]+)[ \t]*$", re.MULTILINE)


def parse(text: str) -> Mapping[str, str]:
    """The named blocks of ``text``. Raises ValueError when a name stands twice or a block is empty."""
    pieces = _NAME.split(text)[1:]
    blocks: dict[str, str] = {}
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        statement = body.strip().rstrip(";")
        if name in blocks or not statement:
            raise ValueError(f"block {name!r} is empty or stands twice")
        blocks[name] = statement
    return MappingProxyType(blocks)


def load(name: str) -> Mapping[str, str]:
    """The named blocks of ``sql/<name>.sql``. Raises FileNotFoundError when there is no such file."""
    return parse(resources.files("event_store").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8"))
