"""Texts: one in the two languages of the product; and what others write, held to what the record can keep.

PostgreSQL keeps no NUL in a text, and refuses to look into JSON that holds one: an event that carried it could be
recorded and never be read again. Both doors to departments, and the events themselves, share these limits.
"""

from typing import Annotated

from pydantic import StringConstraints

from one_things.model import Record

_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
_SEVERAL_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"

Word = Annotated[str, StringConstraints(pattern=_ONE_LINE, max_length=200)]
"""An id, a code or a digest that somebody else gave: no control characters."""

Line = Annotated[str, StringConstraints(pattern=_ONE_LINE, max_length=300)]
"""A reference or the name of an article: one line without control characters."""

Prose = Annotated[str, StringConstraints(pattern=_SEVERAL_LINES, max_length=4000)]
"""What an official wrote: line breaks and tabs, and no other control characters."""


class Text(Record):
    """One text in Chinese (the default) and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``language`` ("zh" or "en"); anything else reads Chinese, the default of the product."""
        return self.en if language == "en" else self.zh
