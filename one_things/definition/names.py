"""How things are named in a bundle, how conditions are written, and where a rule comes from."""

from typing import Annotated

from pydantic import StringConstraints

from one_things.model import Record

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=80)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""A CEL expression over the answers to the situations; true means "applies"."""
Formula = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""A CEL expression over form fields and dated tables; see ``tables.py``."""


class Source(Record):
    """Where a rule comes from: the law or document and its article."""

    document: str
    article: str | None = None
