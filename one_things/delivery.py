"""The delivery of an item's results on paper, as far as it has come. Part of a case's state."""

from datetime import datetime
from enum import StrEnum

from one_things.delivery_choice import DeliveryWay
from one_things.limit_watch import LimitWatch
from one_things.model import Record
from one_things.sealed import Sealed


class DeliveryStatus(StrEnum):
    """Where the paper is."""

    PREPARING = "preparing"
    """With its department, which has to send it or lay it out."""
    DISPATCHED = "dispatched"
    READY = "ready"
    """It lies at the window."""
    DELIVERED = "delivered"
    PICKED_UP = "picked_up"
    RETURNED = "returned"
    """It came back to its sender."""
    MISSING = "missing"
    """Its applicant says that it did not arrive."""
    SETTLED = "settled"
    """An operator answered the applicant, and no paper follows."""


OUTSTANDING = frozenset(
    {
        DeliveryStatus.PREPARING,
        DeliveryStatus.DISPATCHED,
        DeliveryStatus.READY,
        DeliveryStatus.RETURNED,
        DeliveryStatus.MISSING,
    }
)
"""Somebody still has to do something before the applicant has the paper."""


class DeliveryTrouble(StrEnum):
    """Why an operator is asked to see to a delivery."""

    OVERDUE = "overdue"
    NOT_TAKEN = "not_taken"
    """Its department would not take the order to deliver."""
    RETURNED = "returned"
    NOT_ARRIVED = "not_arrived"
    NOT_COLLECTED = "not_collected"


class DeliveryState(Record):
    """The delivery of one item's papers; they travel together."""

    way: DeliveryWay
    status: DeliveryStatus = DeliveryStatus.PREPARING
    since: datetime
    """From here its limit runs."""
    round: int = 1
    """How often it was set going: each time its department gets another order."""
    ordered: bool = False
    """Its department has the order of this round."""
    watch: LimitWatch = LimitWatch()
    in_doubt: bool = True
    """Its dates are being reckoned."""
    reckonings: int = 1
    carrier: str | None = None
    number: Sealed | None = None
    """The carrier's number of the consignment."""
    moved_at: datetime
    """When it came to where it is now."""
    reminded: bool = False
    """Of what lies ready at the window."""
    confirmed: bool = False
    """Its applicant said that they have it."""
    not_taken: bool = False
    """Its department would not take the order of this round."""
    missed: bool = False
    """It lies at the window and was not picked up for long."""
    act_ids: tuple[str, ...] = ()
    """Every act that counted, so that a repeat is known as one."""
    answer: Sealed | None = None
    """What an operator last wrote to the applicant about it."""
    answered_at: datetime | None = None

    @property
    def outstanding(self) -> bool:
        """Whether the applicant does not have it yet."""
        return self.status in OUTSTANDING

    @property
    def trouble(self) -> DeliveryTrouble | None:
        """What an operator is asked to see to; None while all goes its way."""
        match self.status:
            case DeliveryStatus.RETURNED:
                return DeliveryTrouble.RETURNED
            case DeliveryStatus.MISSING:
                return DeliveryTrouble.NOT_ARRIVED
            case DeliveryStatus.READY if self.missed:
                return DeliveryTrouble.NOT_COLLECTED
            case DeliveryStatus.PREPARING if self.not_taken:
                return DeliveryTrouble.NOT_TAKEN
            case DeliveryStatus.PREPARING | DeliveryStatus.DISPATCHED if self.watch.breached:
                return DeliveryTrouble.OVERDUE
        return None

    @property
    def timed(self) -> bool:
        """Whether the department's limit runs: until it is delivered, or lies ready at the window."""
        return self.status in {DeliveryStatus.PREPARING, DeliveryStatus.DISPATCHED}
