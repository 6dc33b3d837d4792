"""Every word the gateway says to a person, from one catalogue in both languages."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

from one_things.text import Text

LANGUAGES = ("zh", "en")


def _read() -> dict[str, Text]:
    rooms = yaml.safe_load(resources.files("gateway").joinpath("texts.yaml").read_text(encoding="utf-8"))
    return {f"{room}.{name}": Text(**text) for room, texts in rooms.items() for name, text in texts.items()}


CATALOGUE: Mapping[str, Text] = _read()


def text(key: str, **values: object) -> Text:
    """The text of ``key`` with its values filled in; a value that is a Text fills each language with its own.

    Raises KeyError for a key that is not in the catalogue, or a value that is missing.
    """
    found = CATALOGUE[key]
    if not values:
        return found
    return Text(zh=_filled(found.zh, "zh", values), en=_filled(found.en, "en", values))


def say(key: str, language: str, **values: object) -> str:
    """The same in one language."""
    return text(key, **values).in_language(language)


def _filled(template: str, language: str, values: Mapping[str, Any]) -> str:
    return template.format_map(
        {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}
    )
