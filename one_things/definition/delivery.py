"""Results on paper (结果送达): which come, how they reach the applicant, and until when."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from one_things.definition.names import Source
from one_things.model import Record
from one_things.text import Text

LAW = Source(document="中华人民共和国行政许可法", article="第四十四条")


class Paper(Record):
    """A result that comes on paper as well, as its applicant chose: by mail, or picked up at a window."""

    always: bool = False
    """The paper is part of the result: its applicant chooses how it comes. Otherwise only who asks for it gets it."""
    mail: bool = True
    pick_up: Text | None = None
    """The window at which it can be picked up: its name and where it is; None where there is none."""
    working_days: int = Field(default=10, ge=1, le=120)
    """Working days from the decision until it is delivered, or lies ready at the window.

    Ten for permits, by law (行政许可法 44); what holds for others is the author's to say.
    """
    report_days: int = Field(default=90, ge=1, le=365)
    """Calendar days after a delivery in which the applicant may say that it did not arrive."""
    source: Source = LAW


def _in_full(written: Any) -> Any:
    """``true`` is the short form of a paper with nothing special about it; ``false`` of none."""
    if isinstance(written, bool):
        return {} if written else None
    return written


PaperOrNone = Annotated[Paper | None, BeforeValidator(_in_full, json_schema_input_type=Paper | bool | None)]
