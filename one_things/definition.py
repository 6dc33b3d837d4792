"""The model of a bundle: what the authors of a one-thing write down as YAML, and nothing a program needs besides.

A bundle says which **items** departments decide, in which **order**, under which **situations**, from which **form
fields** and **materials**, within which **limits**, and where the **pivot** lies after which nothing is undone.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from one_things.model import Record
from one_things.text import Text

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=80)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""A CEL expression over the answers to the situations; true means "applies"."""


class ItemKind(StrEnum):
    """Kind of an item, with the codes of GB/T 39046-2020."""

    PERMIT = "permit"
    PAYMENT = "payment"
    CONFIRMATION = "confirmation"
    FILING = "filing"
    PUBLIC_NOTICE = "public_notice"
    PUBLIC_SERVICE = "public_service"


class Source(Record):
    """Where a rule comes from: the law or document and its article."""

    document: str
    article: str | None = None


class Option(Record):
    """One answer that a situation offers."""

    value: Name
    title: Text


class Situation(Record):
    """A question (情形) whose answer decides which items, materials and fields apply."""

    id: Name
    title: Text
    type: Literal["choice", "yes_no"]
    options: tuple[Option, ...] = ()
    default: str | bool | None = None


class Rule(Record):
    """A bar: when the condition holds, the application is refused at the door, with the reason and what to do."""

    id: Slug
    refuse_when: Condition
    answer: Name
    """The situation whose answer the applicant would have to change."""
    reason: Text
    fix: Text
    source: Source


class FieldType(StrEnum):
    """What a form field holds; each type has its own check."""

    TEXT = "text"
    CREDIT_CODE = "credit_code"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


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


class Material(Record):
    """Something the applicant hands in, merged over the chosen items and asked at most once."""

    id: Slug
    title: Text
    when: Condition | None = None
    required: bool = True
    produced_by: Slug | None = None
    """The item of this bundle whose result it is: then it is never asked for."""
    held_by: SharedDataSource | None = None
    """The shared data that replaces it (免证办): then it is never asked for."""


class Limits(Record):
    """Time limits of a decision in working days, counted from acceptance."""

    statutory: int = Field(ge=1, le=365)
    committed: int = Field(ge=1, le=365)
    source: Source | None = None


class Notice(Record):
    """A public notice: a special procedure that lasts a number of calendar days and stops the item's clock."""

    calendar_days: int = Field(ge=1, le=365)
    source: Source


class Window(Record):
    """The item must be handed in within this many calendar days after the notice of another item has ended."""

    after_notice_of: Slug
    calendar_days: int = Field(ge=1, le=365)
    source: Source


class Undo(Record):
    """What undoing an approved item means, in words an applicant understands; the department is asked to do it."""

    title: Text


class ItemResult(Record):
    """What an approved item leaves behind."""

    id: Slug
    title: Text
    kind: Literal["e_licence", "document", "confirmation"]


class Item(Record):
    """One thing that one department decides (事项)."""

    id: Slug
    title: Text
    department: Slug
    kind: ItemKind
    code: str | None = None
    """The item code of the department's list: an opaque string."""
    when: Condition | None = None
    requires: tuple[Slug, ...] = ()
    """Items that must be finished first and come along when this one is chosen."""
    after: tuple[Slug, ...] = ()
    """Items that go first when they are chosen too, but do not come along."""
    fields: tuple[FieldId, ...] = ()
    materials: tuple[Slug, ...] = ()
    limits: Limits | None = None
    notice: Notice | None = None
    window: Window | None = None
    pivot: bool = False
    undo: Undo | None = None
    results: tuple[ItemResult, ...] = ()
    source: Source | None = None


class Department(Record):
    """A department as this bundle names it."""

    id: Slug
    title: Text


class Bundle(Record):
    """A one-thing (一件事): a versioned definition. Running cases keep the version they began with."""

    bundle: Slug
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]+$")]
    valid_from: date
    title: Text
    summary: Text
    sources: tuple[Source, ...] = ()
    departments: tuple[Department, ...]
    situations: tuple[Situation, ...] = ()
    rules: tuple[Rule, ...] = ()
    fields: tuple[FormField, ...] = ()
    materials: tuple[Material, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
