"""The course of a case: it opens, stops, closes; in the embedded city its time may be moved ahead."""

from typing import Literal

from one_things.delivery_choice import ChosenDelivery
from one_things.events.vocabulary import CaseOutcome, Channel, EventRecord, StopReason
from one_things.plan import Plan
from one_things.proposal import Proposal
from one_things.sealed import Sealed


class CaseOpened(EventRecord):
    """The case exists: its plan, its sealed form and answers, and whose it is (an opaque subject, never a name)."""

    type: Literal["case_opened"] = "case_opened"
    case_no: str
    plan: Plan
    form: Sealed
    answers: Sealed | None = None
    owner: str
    channel: Channel
    delivery: ChosenDelivery | None = None
    """How results on paper come; None: not at all, as in cases older than the choice."""
    proposal: Proposal | None = None
    """Set when a department's event began it: then it waits until its applicant confirms."""
    time_can_be_skipped: bool = False
    """True only in the embedded city, where days of waiting may be fast-forwarded."""


class CaseStopped(EventRecord):
    """The case goes no further: what is under way is withdrawn and what succeeded is undone, in reverse order."""

    type: Literal["case_stopped"] = "case_stopped"
    reason: StopReason
    item: str | None = None
    """The item that stopped it; None when the applicant cancelled."""
    channel: Channel | None = None


class ClockFastForwarded(EventRecord):
    """In the embedded city: the case's time was moved ahead instead of waiting."""

    type: Literal["clock_fast_forwarded"] = "clock_fast_forwarded"
    seconds: int


class CaseClosed(EventRecord):
    """The case ended."""

    type: Literal["case_closed"] = "case_closed"
    outcome: CaseOutcome


CourseEvent = CaseOpened | CaseStopped | ClockFastForwarded | CaseClosed
