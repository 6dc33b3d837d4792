"""Commitments (告知承诺): a promise stands for a material, unless a list forbids it; who supervises hears of it."""

from typing import Literal

from one_things.events.materials import MaterialEvent
from one_things.events.vocabulary import ItemEvent
from one_things.looked_up import LookedUp
from one_things.text import Word


class CommitmentStands(MaterialEvent):
    """The applicant is not on the list of those who may not promise: the promise stands for the material."""

    type: Literal["commitment_stands"] = "commitment_stands"
    looked_up: LookedUp | None = None


class CommitmentExcluded(MaterialEvent):
    """The applicant is on that list: the material itself has to be handed in, and its items wait for it."""

    type: Literal["commitment_excluded"] = "commitment_excluded"
    looked_up: LookedUp | None = None


class ExclusionUnavailable(MaterialEvent):
    """The list does not answer; asking goes on and the items wait. Never read as "not on it"."""

    type: Literal["exclusion_unavailable"] = "exclusion_unavailable"


class CommitmentReported(ItemEvent):
    """The supervising department knows what became of an item that a promise went with (审管衔接)."""

    type: Literal["commitment_reported"] = "commitment_reported"
    material: str
    department: str
    verdict: Word


class CommitmentReportFailed(ItemEvent):
    """For days it could not be told, or would not hear of it; nothing else waits for it but a person."""

    type: Literal["commitment_report_failed"] = "commitment_report_failed"
    material: str
    department: str
    verdict: Word


CommitmentEvent = (
    CommitmentStands | CommitmentExcluded | ExclusionUnavailable | CommitmentReported | CommitmentReportFailed
)
