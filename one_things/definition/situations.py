"""What the applicant is asked first, and who is turned away."""

from typing import Literal

from one_things.definition.names import Condition, Name, Slug, Source
from one_things.model import Record
from one_things.text import Text


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
