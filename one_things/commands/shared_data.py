"""Answers of shared data."""

from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Word


class RecordSharedData(Record):
    """A look-up was answered; ``fields`` is None when the department holds nothing."""

    lookup: str
    fields: Sealed | None
    digest: Word = ""


class RecordSourceDown(Record):
    """A look-up was not answered yet."""

    lookup: str


SharedDataCommand = RecordSharedData | RecordSourceDown
