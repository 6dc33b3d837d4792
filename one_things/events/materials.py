"""Materials after the application: what may follow by a date, what comes into being on the way."""

from datetime import date, datetime
from typing import Literal

from one_things.events.vocabulary import Channel, EventRecord, ItemEvent


class MaterialEvent(EventRecord):
    """An event of one material of the case."""

    material: str


class MaterialDeferred(MaterialEvent):
    """A minor material follows later (容缺受理), by ``due_on``; reckoned with the calendar of that day."""

    type: Literal["material_deferred"] = "material_deferred"
    due_on: date
    due_at: datetime
    """The end of ``due_on`` in the city's time zone."""
    provisional: bool = False


class DeferralDoubted(MaterialEvent):
    """The date by which it has to be there was provisional and has come: it is reckoned anew first."""

    type: Literal["deferral_doubted"] = "deferral_doubted"


class MaterialHandedIn(MaterialEvent):
    """The applicant handed the material in after the application."""

    type: Literal["material_handed_in"] = "material_handed_in"
    digest: str
    channel: Channel


class MaterialSupplied(ItemEvent):
    """A department that took the item without the material has it now."""

    type: Literal["material_supplied"] = "material_supplied"
    material: str


class MaterialMissed(MaterialEvent):
    """The date passed and the material is not there."""

    type: Literal["material_missed"] = "material_missed"
    due_on: date


class SubmissionWithdrawn(ItemEvent):
    """The platform refused the item, and its department took what lay with it out of its files."""

    type: Literal["submission_withdrawn"] = "submission_withdrawn"


MaterialsEvent = (
    MaterialDeferred | DeferralDoubted | MaterialHandedIn | MaterialSupplied | MaterialMissed | SubmissionWithdrawn
)
