"""Materials that follow the application."""

from datetime import date, datetime

from one_things import events as e
from one_things.commands.person import ActForApplicant
from one_things.model import Record
from one_things.sealed import Sealed


class HandInMaterials(ActForApplicant):
    """The applicant hands in what was deferred, or what an item waits for."""

    materials: dict[str, str]
    """Material → the digest of its content."""
    channel: e.Channel


class RecordDeferral(Record):
    """Until when a deferred material has to be there, by today's calendar."""

    material: str
    due_on: date
    due_at: datetime
    provisional: bool = False
    rests: int = 0
    """How many rests of the case were over when it was reckoned."""
    calendar: int = 0
    """The publication of a calendar that the case knew of."""


class DoubtDeferral(Record):
    """The date of a deferral has come that was provisional when it was reckoned."""

    material: str


class MissMaterial(Record):
    """The date of a deferral has passed."""

    material: str


class RecordSupplied(Record):
    """A department answered to a material that was supplied; ``refused`` holds its reason when it would not take it."""

    item: str
    material: str
    refused: Sealed | None = None
    failed: bool = False


MaterialsCommand = HandInMaterials | RecordDeferral | DoubtDeferral | MissMaterial | RecordSupplied
