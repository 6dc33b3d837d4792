"""What is said of every look-up about a person: whose, by which basis, for which items, which fields, and the answer.

The person may ask who looked up what about them, and for what (个人信息保护法 17, 44, 45). No content stands here.
"""

from typing import Literal

from pydantic import AwareDatetime

from one_things.model import Record
from one_things.text import Line, Word


class LookedUp(Record):
    """One look-up, as it was made and answered."""

    department: Word
    """Which department holds it."""
    source: Word
    """The dataset, or the type of the licence."""
    kind: Literal["shared_data", "licence", "credit", "exclusion"]
    by: Word
    """The form field whose value said whose data it is; nothing else was sent."""
    fields: tuple[Word, ...] = ()
    """The fields of the dataset that were taken over or judged by; of a licence all that it states is judged."""
    items: tuple[str, ...] = ()
    """The items that need it."""
    basis: Line
    authorised_by: Word | None = None
    """Who authorised it, as an opaque subject; None where the law alone allows it."""
    answer: Literal["found", "not_found"]
    cached: bool = False
    """It had been looked up for the same purpose and was still fresh: the department was not asked again."""
    as_of: AwareDatetime | None = None
    """The day of what was found."""

    def for_items(self, items: tuple[str, ...]) -> "LookedUp":
        """The same, with the items that need it."""
        return self.model_copy(update={"items": items})
