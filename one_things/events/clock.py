"""What time does to an item: notices, windows, limits, and dates that were provisional."""

from datetime import date, datetime
from typing import Literal

from one_things.events.vocabulary import ItemEvent, LimitKind
from one_things.limit_dates import LimitDates
from one_things.text import Line


class NoticeBegan(ItemEvent):
    """A public notice runs until ``ends_at``; ``windows`` says until when other items may then be handed in."""

    type: Literal["notice_began"] = "notice_began"
    attempt: int
    reference: Line
    ends_at: datetime
    windows: dict[str, datetime] = {}
    provisional_windows: tuple[str, ...] = ()
    """Items whose window ends in a year whose official calendar is not published yet."""


class NoticeEnded(ItemEvent):
    """The notice ended without an objection; the item is finished."""

    type: Literal["notice_ended"] = "notice_ended"


class LimitWarned(ItemEvent):
    """A limit is about to pass: everybody concerned is warned before it, not after."""

    type: Literal["limit_warned"] = "limit_warned"
    due_on: date
    procedure: str | None = None
    """The special procedure whose promised time it is; None for the limit of the decision."""


class LimitBreached(ItemEvent):
    """A limit passed without a decision, or a special procedure outlasted its promised time."""

    type: Literal["limit_breached"] = "limit_breached"
    due_on: date
    limit: LimitKind = LimitKind.COMMITTED
    procedure: str | None = None


class LimitEscalated(ItemEvent):
    """A level above was told of a breach."""

    type: Literal["limit_escalated"] = "limit_escalated"
    level: str
    procedure: str | None = None


class DateDoubted(ItemEvent):
    """A provisional date has come: before anything follows from it, it is reckoned anew by today's calendar."""

    type: Literal["date_doubted"] = "date_doubted"


class DateReckoned(ItemEvent):
    """The dates by the calendar that is known now, and by what stopped and extended the limit until now."""

    type: Literal["date_reckoned"] = "date_reckoned"
    due_on: date | None = None
    due_at: datetime | None = None
    window_ends_at: datetime | None = None
    provisional: bool = False
    """Still in a year whose calendar is not published; a date that has come is settled."""
    limit: LimitDates | None = None
    """All dates of the decision's limit; None while it stands, and for cases planned without them."""
    procedures: dict[str, LimitDates] = {}
    """Special procedure that lasts → the dates of its own promised time."""


class ItemLapsed(ItemEvent):
    """The window in which the item could be handed in closed before it was ready."""

    type: Literal["item_lapsed"] = "item_lapsed"
    window_ended_at: datetime


ClockEvent = (
    NoticeBegan | NoticeEnded | LimitWarned | LimitBreached | LimitEscalated | DateDoubted | DateReckoned | ItemLapsed
)
