"""The bodies of the contract, as far as this system reads them. What it does not know it leaves alone."""

from typing import Any, Literal

from pydantic import BaseModel, Field

NEWEST = 2
"""The version of the contract that this system speaks; version 1 as well, for those who send no version."""


class Submission(BaseModel):
    """One attempt at one item."""

    key: str = Field(pattern=r"^[A-Za-z0-9._~:-]{1,200}$")
    case_no: str
    item: str
    operation: Literal["submit", "report"] = "submit"
    attempt: int = Field(ge=1, strict=True)
    department: Literal["DEPARTMENT_CODE"]
    fields: dict[str, Any]
    materials: list[dict[str, Any]] = []
    callback_url: str = Field(pattern=r"^https?://")


class Envelope(BaseModel):
    """A submission as version 2 sends it: a CloudEvent 1.0."""

    specversion: Literal["1.0"]
    id: str
    type: Literal["cn.onething.submission"]
    data: Submission


class Undoing(BaseModel):
    """Why something is undone."""

    reason: str


class Supplied(BaseModel):
    """A material that follows."""

    materials: list[dict[str, Any]] = Field(min_length=1, max_length=1)


class Lookup(BaseModel):
    """Whom a look-up is about, and what for."""

    subject: dict[str, str]
    purpose: dict[str, Any]
