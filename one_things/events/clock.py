"""What time does to an item: notices, windows, limits, and dates that were provisional."""

from datetime import date, datetime
from typing import Literal

from one_things.events.vocabulary import ItemEvent
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


class LimitBreached(ItemEvent):
    """The committed limit passed without a decision."""

    type: Literal["limit_breached"] = "limit_breached"
    due_on: date


class DateDoubted(ItemEvent):
    """A provisional date has come: before anything follows from it, it is reckoned anew by today's calendar."""

    type: Literal["date_doubted"] = "date_doubted"


class DateReckoned(ItemEvent):
    """The date by the calendar that is known now; it is no longer provisional."""

    type: Literal["date_reckoned"] = "date_reckoned"
    due_on: date | None = None
    due_at: datetime | None = None
    window_ends_at: datetime | None = None


class ItemLapsed(ItemEvent):
    """The window in which the item could be handed in closed before it was ready."""

    type: Literal["item_lapsed"] = "item_lapsed"
    window_ended_at: datetime


ClockEvent = NoticeBegan | NoticeEnded | LimitBreached | DateDoubted | DateReckoned | ItemLapsed
