"""Results on paper on their way to the applicant (结果送达): set going, sent, handed over, gone wrong, answered."""

from datetime import date
from typing import Literal

from one_things.delivery_choice import DeliveryWay
from one_things.events.vocabulary import Channel, EventRecord, ItemEvent
from one_things.limit_dates import LimitDates
from one_things.sealed import Sealed
from one_things.text import Line, Word


class DeliveryChosen(EventRecord):
    """The applicant chose anew how papers come; what was set going and not sent goes this way."""

    type: Literal["delivery_chosen"] = "delivery_chosen"
    way: DeliveryWay
    to: Sealed | None = None
    channel: Channel


class DeliveryBegan(ItemEvent):
    """The item's papers are to be delivered: its approval can no longer be undone. The limit runs (行政许可法 44)."""

    type: Literal["delivery_began"] = "delivery_began"
    way: DeliveryWay


class DeliveryReckoned(ItemEvent):
    """The dates of its limit, as known now."""

    type: Literal["delivery_reckoned"] = "delivery_reckoned"
    dates: LimitDates


class DeliveryDoubted(ItemEvent):
    """A provisional date of it has come: before anything follows from it, it is reckoned anew."""

    type: Literal["delivery_doubted"] = "delivery_doubted"


class DeliveryOrdered(ItemEvent):
    """The department has the order to deliver, with whom it goes to."""

    type: Literal["delivery_ordered"] = "delivery_ordered"
    round: int


class DeliveryNotTaken(ItemEvent):
    """The department would not take the order to deliver."""

    type: Literal["delivery_not_taken"] = "delivery_not_taken"
    round: int


class DeliveryWarned(ItemEvent):
    """The limit of the delivery is about to pass."""

    type: Literal["delivery_warned"] = "delivery_warned"
    due_on: date


class DeliveryBreached(ItemEvent):
    """The limit passed, and the paper was neither delivered nor laid out."""

    type: Literal["delivery_breached"] = "delivery_breached"
    due_on: date


class DeliveryEscalated(ItemEvent):
    """A level above was told of the breach."""

    type: Literal["delivery_escalated"] = "delivery_escalated"
    level: str


class PaperAct(ItemEvent):
    """Something that was done to the papers: by their department, or by an operator for it."""

    act_id: Word
    operator: str | None = None
    """Who noted it for the department; None when the department said it itself."""


class PaperDispatched(PaperAct):
    """The papers were handed to a carrier."""

    type: Literal["paper_dispatched"] = "paper_dispatched"
    carrier: Line
    number: Sealed


class PaperReady(PaperAct):
    """The papers lie at the window to be picked up."""

    type: Literal["paper_ready"] = "paper_ready"


class PaperDelivered(PaperAct):
    """The papers were delivered."""

    type: Literal["paper_delivered"] = "paper_delivered"


class PaperPickedUp(PaperAct):
    """The papers were picked up."""

    type: Literal["paper_picked_up"] = "paper_picked_up"


class PaperCameBack(PaperAct):
    """The papers came back to their sender."""

    type: Literal["paper_came_back"] = "paper_came_back"
    reason: Sealed | None = None


class PaperConfirmed(ItemEvent):
    """The applicant has the papers."""

    type: Literal["paper_confirmed"] = "paper_confirmed"
    channel: Channel


class PaperMissed(ItemEvent):
    """The applicant says that the papers did not arrive."""

    type: Literal["paper_missed"] = "paper_missed"
    channel: Channel
    note: Sealed | None = None


class PickUpReminded(ItemEvent):
    """The applicant was reminded of papers that lie ready."""

    type: Literal["pick_up_reminded"] = "pick_up_reminded"


class PickUpMissed(ItemEvent):
    """What lies ready was not picked up for long."""

    type: Literal["pick_up_missed"] = "pick_up_missed"


class DeliveryAnswered(ItemEvent):
    """An operator answered the applicant: the papers are sent anew, or it is settled in another way."""

    type: Literal["delivery_answered"] = "delivery_answered"
    operator: str
    outcome: Literal["send_again", "settled"]
    answer: Sealed


DeliveryEvent = (
    DeliveryChosen | DeliveryBegan | DeliveryReckoned | DeliveryDoubted | DeliveryOrdered | DeliveryWarned
    | DeliveryBreached | DeliveryEscalated | PaperDispatched | PaperReady | PaperDelivered | PaperPickedUp
    | PaperCameBack | PaperConfirmed | PaperMissed | PickUpReminded | PickUpMissed | DeliveryNotTaken
    | DeliveryAnswered
)  # fmt: skip
