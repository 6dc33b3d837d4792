"""What follows while an item waits for its applicant."""

from one_things.model import Record


class NoteAsked(Record):
    """The item waits for its applicant from now on."""

    item: str


class RemindApplicant(Record):
    """The days have passed after which the applicant is reminded."""

    item: str


class HandOverSilence(Record):
    """The days have passed after which a person asks the applicant what is the matter."""

    item: str


WaitingCommand = NoteAsked | RemindApplicant | HandOverSilence
