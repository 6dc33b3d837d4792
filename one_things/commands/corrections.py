"""Answers to correction notices, and the leave to send a second one."""

from one_things import events as e
from one_things.commands.person import ActForApplicant
from one_things.model import Record
from one_things.sealed import Sealed


class AnswerCorrection(ActForApplicant):
    """The applicant answers a correction notice: all points at once."""

    item: str
    form: Sealed
    fields: tuple[str, ...] = ()
    """The fields that ``form`` changes, by their ids."""
    materials: dict[str, str] = {}
    """Material → the digest of its new content."""
    channel: e.Channel


class PermitCorrection(Record):
    """An operator lets the item's department send one more correction notice."""

    item: str
    operator: str
    reason: Sealed


CorrectionCommand = AnswerCorrection | PermitCorrection
