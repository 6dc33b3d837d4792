"""The department's own codes for items and reasons, beside ours."""

from typing import Annotated

from pydantic import Field

from one_things.definition.names import Slug
from one_things.model import Record
from one_things.text import Word

_Code = Annotated[Word, Field(min_length=1)]


class Codes(Record):
    """What the department calls what we call otherwise; what is not listed has the same name in both houses."""

    items: dict[Slug, _Code] = {}
    """Our item → its code."""
    reasons: dict[_Code, _Code] = {}
    """Its code of a refusal, a correction point or a return → ours."""
