"""Answers to correction notices."""

from one_things import events as e
from one_things.model import Record
from one_things.sealed import Sealed


class AnswerCorrection(Record):
    """The applicant answers a correction notice."""

    item: str
    form: Sealed
    channel: e.Channel


CorrectionCommand = AnswerCorrection
