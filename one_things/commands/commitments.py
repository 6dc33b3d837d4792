"""Whether a promise may stand for a material, and what its supervising department answered."""

from one_things.looked_up import LookedUp
from one_things.model import Record
from one_things.sealed import Sealed


class RecordExclusion(Record):
    """The list of those who may not promise was answered."""

    material: str
    excluded: bool
    looked_up: LookedUp | None = None


class RecordExclusionUnavailable(Record):
    """The list did not answer yet."""

    material: str


class RecordCommitmentReport(Record):
    """The supervising department took the report; or ``failed``, for its sealed reason or for its silence."""

    item: str
    material: str
    verdict: str
    failed: bool = False
    refused: Sealed | None = None


CommitmentCommand = RecordExclusion | RecordExclusionUnavailable | RecordCommitmentReport
