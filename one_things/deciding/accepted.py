"""How an acceptance begins the clock, or the public notice, of an item."""

from datetime import datetime

from one_things import events as e
from one_things.commands import Taken


def accepted(item_id: str, attempt: int, taken: Taken, at: datetime, since: datetime | None = None) -> e.Event:
    """The event that a department's acceptance is; ``since`` when it counts from earlier than now."""
    if taken.notice_ends_at is not None:
        return e.NoticeBegan(
            at=at,
            item=item_id,
            attempt=attempt,
            reference=taken.reference,
            ends_at=taken.notice_ends_at,
            windows=taken.windows,
            provisional_windows=taken.provisional_windows,
        )
    return e.ItemAccepted(
        at=at,
        item=item_id,
        attempt=attempt,
        reference=taken.reference,
        since=since,
        due_on=taken.due_on,
        due_at=taken.due_at,
        provisional=taken.provisional,
        limit=taken.limit,
    )
