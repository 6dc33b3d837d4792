"""Where a page of a desk's list ends, as an opaque word: a moment, and what tells its rows apart."""

import base64
import binascii
import json
from datetime import datetime

from gateway.case_lists import CursorInvalid


def cursor_of(at: datetime, *place: str | int) -> str:
    """The word for this place."""
    written = json.dumps([at.isoformat(), *place])
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def place_of(cursor: str | None, *kinds: type[str] | type[int]) -> tuple[datetime, *tuple[str | int, ...]] | None:
    """The place that a word stands for, its parts of these kinds; None for none. Raises CursorInvalid."""
    if cursor is None:
        return None
    try:
        at, *place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorInvalid from error
    if moment.tzinfo is None or [type(part) for part in place] != list(kinds):
        raise CursorInvalid
    if any(isinstance(part, int) and not 0 <= part < 2**31 for part in place):
        raise CursorInvalid
    return (moment, *place)
