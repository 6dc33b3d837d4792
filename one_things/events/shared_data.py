"""Look-ups of shared data and how they were answered."""

from typing import Literal

from one_things.events.vocabulary import EventRecord
from one_things.sealed import Sealed
from one_things.text import Word


class SharedDataFetched(EventRecord):
    """A department answered a look-up of shared data; the fields are sealed."""

    type: Literal["shared_data_fetched"] = "shared_data_fetched"
    lookup: str
    fields: Sealed
    digest: Word


class SharedDataMissing(EventRecord):
    """The department answered that it holds nothing about this applicant."""

    type: Literal["shared_data_missing"] = "shared_data_missing"
    lookup: str


class SharedDataUnavailable(EventRecord):
    """The source does not answer; the look-up goes on and the items that need it wait. Never read as an empty field."""

    type: Literal["shared_data_unavailable"] = "shared_data_unavailable"
    lookup: str


SharedDataEvent = SharedDataFetched | SharedDataMissing | SharedDataUnavailable
