"""What settles whether a received item is accepted, beside the department's own acts."""

from datetime import date, datetime

from one_things.commands.items import Taken
from one_things.model import Record


class DeemAccepted(Record):
    """The working days have passed in which the department could ask for corrections."""

    item: str


class RecordSilence(Record):
    """When those days end, by today's calendar."""

    item: str
    deemed_on: date
    deemed_at: datetime


class RecordAcceptance(Record):
    """The dates that follow from the acceptance, by today's calendar."""

    item: str
    attempt: int
    taken: Taken


AcceptanceCommand = DeemAccepted | RecordSilence | RecordAcceptance
