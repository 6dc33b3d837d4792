"""The settings of a city's roles, for code beside them that reads its record and speaks with its Temporal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.settings import PREFIX, SECRETS_DIR_VARIABLE, Settings


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings that a role started with this environment would have. Raises pydantic's ValidationError."""
    given: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }
    return Settings(_secrets_dir=environment.get(SECRETS_DIR_VARIABLE) or None, **given)
