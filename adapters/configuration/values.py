"""Numbers and moments as a file states them: a text or a yes/no is no number, and a number is no moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, Strict

from one_things.text import Text
from one_things.yaml_words import mistake


def _written_as_moment(written: Any) -> Any:
    if isinstance(written, str | datetime) and len(str(written)) > len("2026-12-01"):
        return written
    raise mistake(
        "not-a-moment",
        Text(zh="不是带时区的时刻。", en="it is no moment with its offset."),
        Text(zh='请写成 "2026-12-01T22:00+08:00"。', en='Write it as "2026-12-01T22:00+08:00".'),
    )


def require_one(code: str, ways: Sequence[object | None], reason: Text, fix: Text) -> None:
    """Raises this mistake unless exactly one of the ways is named."""
    if sum(way is not None for way in ways) != 1:
        raise mistake(code, reason, fix)


Seconds = Annotated[float, Strict(), Field(gt=0, le=86_400)]
"""More than nothing, at most a day."""
Count = Annotated[int, Strict(), Field(ge=1, le=10_000)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_moment)]
"""With its offset from UTC: a file outlives the machine that it was written on."""
