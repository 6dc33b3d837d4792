"""The applicant rests the case and goes on with it; a calendar was published."""

from one_things import events as e
from one_things.commands.person import ActForApplicant
from one_things.model import Record


class SuspendCase(ActForApplicant):
    """The applicant rests the case."""

    channel: e.Channel


class ResumeCase(ActForApplicant):
    """The case goes on: the applicant says so, or, without a channel, the longest rest is over."""

    channel: e.Channel | None = None


class LearnCalendar(Record):
    """An official calendar was published under this number of the city's list."""

    publication: int


RestingCommand = SuspendCase | ResumeCase | LearnCalendar
