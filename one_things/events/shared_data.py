"""Look-ups of shared data and how they were answered, or what the applicant handed in while a source was down."""

from typing import Literal

from one_things.events.vocabulary import Channel, EventRecord
from one_things.looked_up import LookedUp
from one_things.plan import PlannedMaterial
from one_things.sealed import Sealed
from one_things.text import Word


class SharedDataFetched(EventRecord):
    """A department answered a look-up of shared data; the fields are sealed."""

    type: Literal["shared_data_fetched"] = "shared_data_fetched"
    lookup: str
    fields: Sealed
    digest: Word
    looked_up: LookedUp | None = None
    """How it was looked up; None in records from before that was kept."""


class SharedDataMissing(EventRecord):
    """The department answered that it holds nothing about this applicant."""

    type: Literal["shared_data_missing"] = "shared_data_missing"
    lookup: str
    looked_up: LookedUp | None = None


class SharedDataUnavailable(EventRecord):
    """The source does not answer; the look-up goes on and the items that need it wait. Never read as an empty field."""

    type: Literal["shared_data_unavailable"] = "shared_data_unavailable"
    lookup: str


class HandedInInstead(EventRecord):
    """The applicant gave what the source would have said; items go on with it, and asking the source goes on too."""

    type: Literal["handed_in_instead"] = "handed_in_instead"
    lookup: str
    form: Sealed
    digest: Word
    """Made like the digest of a source's answer, so that the two can be compared without opening either."""
    materials: tuple[PlannedMaterial, ...] = ()
    channel: Channel


class SourceAnsweredLate(EventRecord):
    """The source answered after the applicant had handed in: recorded and compared, never put in its place."""

    type: Literal["source_answered_late"] = "source_answered_late"
    lookup: str
    fields: Sealed | None = None
    """None when the department holds nothing."""
    digest: Word = ""
    agrees: bool
    """Whether it says exactly what the applicant did; otherwise a person compares."""
    looked_up: LookedUp | None = None


SharedDataEvent = SharedDataFetched | SharedDataMissing | SharedDataUnavailable | HandedInInstead | SourceAnsweredLate
