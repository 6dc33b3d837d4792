"""A case that a department's event began (免申即办): it is proposed to its applicant, who confirms or declines."""

from datetime import date, datetime
from typing import Literal

from one_things.events.vocabulary import Channel, EventRecord
from one_things.plan import Plan
from one_things.sealed import Sealed


class ConfirmationReckoned(EventRecord):
    """Until when the applicant may confirm, by the calendar that is known now."""

    type: Literal["confirmation_reckoned"] = "confirmation_reckoned"
    confirm_by: date
    ends_at: datetime
    """The end of ``confirm_by`` in Asia/Shanghai."""
    provisional: bool = False


class ConfirmationDoubted(EventRecord):
    """The day was provisional and has come: before the proposal lapses by it, it is reckoned anew."""

    type: Literal["confirmation_doubted"] = "confirmation_doubted"


class CaseConfirmed(EventRecord):
    """The applicant confirmed and added what was missing; from here the case is an application like any other."""

    type: Literal["case_confirmed"] = "case_confirmed"
    plan: Plan
    form: Sealed
    answers: Sealed | None = None
    channel: Channel


class CaseDeclined(EventRecord):
    """The applicant does not want it."""

    type: Literal["case_declined"] = "case_declined"
    channel: Channel


ProposalEvent = ConfirmationReckoned | ConfirmationDoubted | CaseConfirmed | CaseDeclined
