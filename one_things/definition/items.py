"""Items (事项): each one thing that one department decides, with its order, its needs and what it leaves behind."""

from enum import StrEnum
from typing import Literal

from one_things.definition.delivery import PaperOrNone
from one_things.definition.form import SharedDataSource
from one_things.definition.limits import ConditionalLimits, Limits, Notice, SpecialProcedure, Window
from one_things.definition.names import Condition, FieldId, Slug, Source
from one_things.definition.parties import Payment, Signing
from one_things.model import Record
from one_things.text import Text


class ItemKind(StrEnum):
    """Kind of an item, with the codes of GB/T 39046-2020."""

    PERMIT = "permit"
    PAYMENT = "payment"
    CONFIRMATION = "confirmation"
    FILING = "filing"
    PUBLIC_NOTICE = "public_notice"
    PUBLIC_SERVICE = "public_service"


class Undo(Record):
    """What undoing an approved item means, in words an applicant understands; the department is asked to do it."""

    title: Text


class ItemResult(Record):
    """What an approved item leaves behind."""

    id: Slug
    title: Text
    kind: Literal["e_licence", "document", "confirmation"]
    paper: PaperOrNone = None
    """A paper comes as well, where the applicant wants it or the law has it; ``true`` says only that it can."""


class ReviewPoint(Record):
    """A point that an officer checks (审查要点); a correction notice names the ones not met."""

    id: Slug
    title: Text
    about: str | None = None
    """The form field or material it looks at."""
    source: Source | None = None
    """The rule that asks for it; a correction notice names it."""


class CreditCheck(Record):
    """The applicant's credit record is looked up before the item is submitted; ``field`` is true for who is barred."""

    record: SharedDataSource
    reason: Text
    """What an applicant who is barred reads."""
    source: Source


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
    review_points: tuple[ReviewPoint, ...] = ()
    credit_check: CreditCheck | None = None
    limits: Limits | None = None
    limits_when: tuple[ConditionalLimits, ...] = ()
    """The first whose condition holds stands for ``limits``."""
    procedures: tuple[SpecialProcedure, ...] = ()
    """The special procedures that its department may begin."""
    notice: Notice | None = None
    window: Window | None = None
    signing: Signing | None = None
    payment: Payment | None = None
    pivot: bool = False
    atomic: bool = False
    """All results or none: an approval that lacks one of them does not count."""
    linked: bool = False
    """A linked change after the pivot: when it fails, it fails alone."""
    undo: Undo | None = None
    results: tuple[ItemResult, ...] = ()
    source: Source | None = None
