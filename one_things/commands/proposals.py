"""What becomes of a case that a department's event proposed."""

from datetime import date, datetime

from one_things import events as e
from one_things.model import Record
from one_things.plan import Plan
from one_things.sealed import Sealed


class RecordConfirmation(Record):
    """The day until which the applicant may confirm, reckoned; ``reckoning`` says to which question it answers."""

    confirm_by: date
    ends_at: datetime
    provisional: bool
    reckoning: int


class ConfirmCase(Record):
    """The applicant confirms; plan, form and answers are those of the completed application."""

    plan: Plan
    form: Sealed
    answers: Sealed | None = None
    channel: e.Channel


class LapseProposal(Record):
    """The days in which to confirm are over."""


ProposalCommand = RecordConfirmation | ConfirmCase | LapseProposal
