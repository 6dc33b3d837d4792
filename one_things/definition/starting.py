"""How a case may begin without an application, and how it may rest."""

from pydantic import Field

from one_things.definition.names import FieldId, Slug, Source
from one_things.model import Record
from one_things.text import Text


class StartingEvent(Record):
    """An event at a department that begins a case (免申即办): the applicant only confirms."""

    id: Slug
    title: Text
    department: Slug
    """The department whose signed event it is."""
    event: Slug
    fields: dict[FieldId, FieldId]
    """Form field → field of the event that fills it in."""
    answers: dict[str, str | bool] = {}
    """The answers to situations that the event settles."""
    applicant: FieldId
    """The form field that says by its identity number or credit code who may confirm."""
    confirm_within: int = Field(ge=1, le=365)
    """Working days in which the applicant confirms; after them the proposal lapses."""
    source: Source | None = None


class Suspension(Record):
    """The applicant may rest the case before the pivot: nothing is begun and every clock stands."""

    calendar_days: int = Field(ge=1, le=365)
    """The longest rest, in calendar days; then the case goes on by itself."""
    source: Source
