"""Reads the settings for one role and reports every fault at once: the variable, what is wrong, the way out."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from runtime.settings import PREFIX, SECRETS_DIR_VARIABLE, Role, Settings

# Settings that say nothing without each other.
_TOGETHER = (("temporal_tls_certificate", "temporal_tls_key"),)
# Roles that need one of several settings.
_ONE_OF = {Role.GATEWAY: (("oidc_jwks_url", "oidc_jwks_file"),)}


@dataclass(frozen=True)
class SettingFault:
    """One thing that is wrong with one variable, and what to do."""

    variable: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.variable} {self.problem}; {self.remedy}"


class SettingsFault(Exception):
    """The settings do not suffice; `faults` holds everything that is wrong. The command ends with exit code 2."""

    code = "settings"

    def __init__(self, faults: tuple[SettingFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class SettingDescription:
    """What documentation says of one setting."""

    variable: str
    meaning: str
    example: str
    default: str | None
    needed_by: tuple[str, ...]
    secret: bool


def load_settings(*roles: Role) -> Settings:
    """The settings from the environment (and the secrets folder), complete for every given role.

    Errors: `SettingsFault` with all that is missing, unreadable, contradictory or probably misspelt.
    """
    folder = os.environ.get(SECRETS_DIR_VARIABLE)
    if folder and not Path(folder).is_dir():
        remedy = "name an existing folder or unset it"
        raise SettingsFault((SettingFault(SECRETS_DIR_VARIABLE, f"names {folder}, which is no folder", remedy),))
    faults: list[SettingFault] = []
    settings: Settings | None = None
    try:
        settings = Settings(_secrets_dir=folder or None)
    except ValidationError as error:
        faults += [_in_plain_words(dict(detail)) for detail in error.errors(include_url=False)]
    given = set(_given_names(folder))
    faults += _missing(given, roles)
    faults += _misspelt(given)
    if faults or settings is None:
        raise SettingsFault(tuple(faults))
    return settings


def describe_settings() -> list[SettingDescription]:
    """All settings in the order of the module."""
    return [_describe(name, field) for name, field in Settings.model_fields.items()]


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def _describe(name: str, field: FieldInfo) -> SettingDescription:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    needed_by = extra.get("needed_by")
    default = field.get_default()
    return SettingDescription(
        variable=variable(name),
        meaning=field.description or "",
        example=str((field.examples or [""])[0]),
        default=None if default is None else str(default).lower() if isinstance(default, bool) else str(default),
        needed_by=tuple(str(role) for role in needed_by) if isinstance(needed_by, list) else (),
        secret=SecretStr.__name__ in str(field.annotation),
    )


def _in_plain_words(detail: dict[str, Any]) -> SettingFault:
    """One pydantic error as a sentence; a secret's value is never repeated."""
    described = _describe(name := str(detail["loc"][0]), Settings.model_fields[str(detail["loc"][0])])
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] != "value_error":
        message = f"is refused: {message[:1].lower()}{message[1:]}"
    value = detail.get("input")
    shown = "" if described.secret or isinstance(value, SecretStr) else f" ({value!r})"
    return SettingFault(variable(name), f"{message}{shown}", _way_out(described))


def _way_out(described: SettingDescription) -> str:
    return f"set it, for example {described.variable}={described.example}"


def _given_names(folder: str | None) -> Iterator[str]:
    """The names of all settings that are set, by variable or by file, known or not."""
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX) and value:
            yield name.upper()
    if folder:
        for file in Path(folder).iterdir():
            if file.name.upper().startswith(PREFIX) and file.is_file():
                yield file.name.upper()


def _missing(given: set[str], roles: tuple[Role, ...]) -> Iterator[SettingFault]:
    by_variable = {described.variable: described for described in describe_settings()}
    for described in by_variable.values():
        users = [role.value for role in roles if role.value in described.needed_by]
        if users and described.variable not in given:
            yield SettingFault(
                described.variable, f"is not set, and `onething {users[0]}` needs it", _way_out(described)
            )
    for role in roles:
        for choice in _ONE_OF.get(role, ()):
            names = [variable(name) for name in choice]
            if not given.intersection(names):
                problem = f"is not set (nor {' nor '.join(names[1:])}), and `onething {role.value}` needs one"
                yield SettingFault(names[0], problem, _way_out(by_variable[names[0]]))
    for first, second in _TOGETHER:
        for name, other in ((variable(first), variable(second)), (variable(second), variable(first))):
            if name in given and other not in given:
                yield SettingFault(other, f"is not set, but {name} is", _way_out(by_variable[other]))


def _misspelt(given: set[str]) -> Iterator[SettingFault]:
    """Unknown variables that look like a known one which is not set: a typing error would be silent otherwise."""
    known = {described.variable for described in describe_settings()}
    for name in sorted(given - known - {SECRETS_DIR_VARIABLE}):
        if close := difflib.get_close_matches(name, sorted(known - given), n=1, cutoff=0.88):
            yield SettingFault(name, "is not known", f"did you mean {close[0]}?")
