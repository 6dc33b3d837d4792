"""The applicant rests the case and goes on with it; a calendar is published that its provisional dates waited for."""

from datetime import datetime
from typing import Literal

from one_things.events.vocabulary import Channel, EventRecord


class CaseSuspended(EventRecord):
    """The applicant rests the case: nothing is begun and every clock stands."""

    type: Literal["case_suspended"] = "case_suspended"
    channel: Channel
    resumes_at: datetime
    """When it goes on by itself."""


class CaseResumed(EventRecord):
    """The case goes on."""

    type: Literal["case_resumed"] = "case_resumed"
    channel: Channel | None = None
    """None: the longest rest was over."""


class CalendarKnown(EventRecord):
    """An official calendar was published: every provisional date is reckoned anew."""

    type: Literal["calendar_known"] = "calendar_known"
    publication: int
    """The number of the publication in the city's own list."""


RestingEvent = CaseSuspended | CaseResumed | CalendarKnown
