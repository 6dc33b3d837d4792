"""Results on paper: what the applicant chooses and says, what becomes of the papers, what an operator answers."""

from typing import Literal

from one_things import events as e
from one_things.commands.of_department import ActOfDepartment
from one_things.delivery_choice import DeliveryWay
from one_things.limit_dates import LimitDates
from one_things.model import Record
from one_things.sealed import Sealed
from one_things.text import Line


class ChooseDelivery(Record):
    """The applicant, in person, chooses anew how papers come."""

    way: DeliveryWay
    to: Sealed | None = None
    channel: e.Channel


class BeginDelivery(Record):
    """Nothing can undo the item's approval any more: its papers are to be delivered."""

    item: str


class RecordDeliveryDates(Record):
    """The dates were reckoned; ``reckoning`` says to which question they are the answer."""

    item: str
    reckoning: int
    dates: LimitDates


class RecordDeliveryOrder(Record):
    """The department has the order of this round, or would not take it."""

    item: str
    round: int
    refused: Sealed | None = None
    """Its reason."""


class DoubtDelivery(Record):
    """A provisional date of a delivery has come."""

    item: str


class WarnDelivery(Record):
    """The limit of a delivery is about to pass."""

    item: str


class BreachDelivery(Record):
    """The limit of a delivery has passed."""

    item: str


class EscalateDelivery(Record):
    """The breach goes to the next level."""

    item: str
    level: str


class RemindOfPickUp(Record):
    """What lies ready was not picked up for some days."""

    item: str


class MissPickUp(Record):
    """What lies ready was not picked up for long."""

    item: str


class ActOnPaper(ActOfDepartment):
    """Something done to the papers; ``operator`` notes it for the department."""

    operator: str | None = None


class DispatchPaper(ActOnPaper):
    """Handed to a carrier, under its number."""

    act: Literal["dispatched"] = "dispatched"
    carrier: Line
    number: Sealed


class LayOutPaper(ActOnPaper):
    """Lies at the window."""

    act: Literal["ready_for_pick_up"] = "ready_for_pick_up"


class DeliverPaper(ActOnPaper):
    """Delivered."""

    act: Literal["delivered"] = "delivered"


class HandOutPaper(ActOnPaper):
    """Picked up."""

    act: Literal["picked_up"] = "picked_up"


class TakeBackPaper(ActOnPaper):
    """Came back to its sender."""

    act: Literal["returned_to_sender"] = "returned_to_sender"
    reason: Sealed | None = None


class ConfirmPaper(Record):
    """The applicant has the papers."""

    item: str
    channel: e.Channel


class MissPaper(Record):
    """The applicant says that the papers did not arrive."""

    item: str
    channel: e.Channel
    note: Sealed | None = None


class AnswerDelivery(Record):
    """An operator answers the applicant about a delivery that went wrong."""

    item: str
    operator: str
    outcome: Literal["send_again", "settled"]
    answer: Sealed


DeliveryCommand = (
    ChooseDelivery | BeginDelivery | RecordDeliveryDates | RecordDeliveryOrder | DoubtDelivery | WarnDelivery
    | BreachDelivery | EscalateDelivery | RemindOfPickUp | MissPickUp | ConfirmPaper | MissPaper | AnswerDelivery
)  # fmt: skip
PaperAct = DispatchPaper | LayOutPaper | DeliverPaper | HandOutPaper | TakeBackPaper
"""What is done to papers: these are acts of departments."""
