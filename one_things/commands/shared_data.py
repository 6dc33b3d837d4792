"""Answers of shared data, and what applicants hand in instead."""

from one_things import events as e
from one_things.commands.person import ActForApplicant
from one_things.looked_up import LookedUp
from one_things.model import Record
from one_things.plan import PlannedMaterial
from one_things.sealed import Sealed
from one_things.text import Word


class RecordSharedData(Record):
    """A look-up was answered; ``fields`` is None when the department holds nothing."""

    lookup: str
    fields: Sealed | None
    digest: Word = ""
    looked_up: LookedUp | None = None


class RecordSourceDown(Record):
    """A look-up was not answered yet."""

    lookup: str


class HandInInstead(ActForApplicant):
    """The applicant gives what a source that is down would have said."""

    lookup: str
    form: Sealed
    digest: Word
    materials: tuple[PlannedMaterial, ...] = ()
    channel: e.Channel


SharedDataCommand = RecordSharedData | RecordSourceDown | HandInInstead
