"""The one form: each field declared once, with where its value comes from."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from one_things.definition.names import Condition, FieldId, Slug
from one_things.definition.situations import Option
from one_things.model import Record
from one_things.text import Text


class FieldType(StrEnum):
    """What a form field holds; each type has its own check."""

    TEXT = "text"
    CREDIT_CODE = "credit_code"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    """A whole number, 0 or more."""
    MONEY = "money"
    """Renminbi in yuan, as a text with at most two decimals ("1280000.00"); reckoned in fen."""


class SharedDataSource(Record):
    """A field another department already holds (一数一源): fetched, never asked."""

    department: Slug
    dataset: Slug
    field: FieldId
    by: FieldId
    """The form field that says whose data is looked up, such as ``company.credit_code``; only it is sent."""


class FormField(Record):
    """A field of the one form, merged over the chosen items and asked at most once."""

    id: FieldId
    title: Text
    type: FieldType = FieldType.TEXT
    required: bool = True
    when: Condition | None = None
    options: tuple[Option, ...] = ()
    max_length: int = Field(default=200, ge=1, le=4000)
    source: SharedDataSource | None = None
    masked: Literal["name", "identity_number", "phone", "bank_account", "everything"] | None = None
    """How officers on the workbench see it masked, whose work needs to know that it is there and not what it is."""
