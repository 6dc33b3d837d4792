"""Materials: what is handed in, what replaces it, and what may follow later."""

from typing import Literal

from pydantic import Field

from one_things.definition.form import SharedDataSource
from one_things.definition.names import Condition, FieldId, Slug, Source
from one_things.model import Record
from one_things.text import Text


class LicenceSource(Record):
    """An e-licence (电子证照) that replaces the material: looked up with the applicant's authorisation and verified."""

    department: Slug
    """The department that issues the licence and answers the look-up."""
    type: Slug
    """Which licence, such as ``business-licence``."""
    by: FieldId
    """The form field that says whose licence is looked up; only it is sent."""
    holder: FieldId | None = None
    """The form field that must name the holder of the licence; None where ``by`` says it already."""


class Deferral(Record):
    """A minor material may follow later (容缺受理): the item is accepted without it."""

    working_days: int = Field(ge=1, le=120)
    """Working days from the day on which the application is handed in until it has to be there."""
    when_missing: Literal["refuse", "operator_task"]
    """What happens when it is not: its items are refused, or a person decides."""
    source: Source | None = None


class Commitment(Record):
    """A promise may replace the material (告知承诺); its result goes to the supervising department (审管衔接)."""

    text: Text
    """What the applicant promises, word for word."""
    supervised_by: Slug
    """The department that hears of the result."""
    excluded_by: SharedDataSource | None = None
    """The list of those who may not promise: the field looked up is true for somebody on it."""
    source: Source | None = None


class Material(Record):
    """Something the applicant hands in, merged over the chosen items and asked at most once."""

    id: Slug
    title: Text
    when: Condition | None = None
    required: bool = True
    handed_in: Literal["with_application", "before_item"] = "with_application"
    """``before_item``: it comes into being on the way; the items that list it wait until it is handed in."""
    produced_by: Slug | None = None
    """The item of this bundle whose result it is: then it is never asked for."""
    held_by: SharedDataSource | None = None
    """The shared data that replaces it (免证办): then it is never asked for."""
    licence: LicenceSource | None = None
    """The e-licence that replaces it, where the applicant authorises the look-up and the licence proves valid."""
    deferral: Deferral | None = None
    commitment: Commitment | None = None
