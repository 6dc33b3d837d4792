"""Commands about the case as a whole."""

from one_things import events as e
from one_things.delivery_choice import ChosenDelivery
from one_things.model import Record
from one_things.plan import Plan
from one_things.proposal import Proposal
from one_things.sealed import Sealed


class OpenCase(Record):
    """Open the case: the very first command."""

    case_no: str
    plan: Plan
    """The plan without the answers it was made from: they tell about a person."""
    form: Sealed
    answers: Sealed | None = None
    """The answers to the situations; None where none was asked."""
    owner: str
    channel: e.Channel
    delivery: ChosenDelivery | None = None
    """How results on paper come; None: not at all."""
    proposal: Proposal | None = None
    time_can_be_skipped: bool = False


class Cancel(Record):
    """The applicant takes the application back."""

    channel: e.Channel


class FastForward(Record):
    """In the embedded city: the case's time is about to move ahead."""

    seconds: int


class Close(Record):
    """Nothing is left to do."""

    outcome: e.CaseOutcome


CourseCommand = Cancel | FastForward | Close
