"""The way from hand-in to acceptance: received, accepted by word or by silence, or returned."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from one_things.events.vocabulary import Channel, ItemEvent
from one_things.sealed import Sealed
from one_things.text import Line, Word


class ReturnReason(StrEnum):
    """Why a department returns an item before acceptance (退件): a fixed list, so that returns can be counted."""

    MATERIALS_INCOMPLETE = "materials-incomplete"
    FORM_FAULTY = "form-faulty"
    DATA_DIFFERS = "data-differs"
    TECHNICAL = "technical"
    NOT_ELIGIBLE = "not-eligible"
    OUTSIDE_REMIT = "outside-remit"
    DUPLICATE = "duplicate"

    @property
    def final(self) -> bool:
        """Whether handing it in again cannot help: such a return is a refusal."""
        return self in {ReturnReason.NOT_ELIGIBLE, ReturnReason.OUTSIDE_REMIT, ReturnReason.DUPLICATE}


class Responsible(StrEnum):
    """Whose doing it was that an item had to be returned."""

    APPLICANT = "applicant"
    WINDOW = "window"
    DEPARTMENT = "department"
    SYSTEM = "system"


class ItemReceived(ItemEvent):
    """The department has it and has not accepted it yet; its silence does by ``deemed_on`` (行政许可法 32)."""

    type: Literal["item_received"] = "item_received"
    attempt: int
    reference: Line
    handed_in_at: datetime
    deemed_on: date
    """The last of the working days in which it may still accept, return or ask for corrections."""
    deemed_at: datetime
    provisional: bool = False


class AcceptanceDeclared(ItemEvent):
    """The department accepts what it had only received; its clock runs from here."""

    type: Literal["acceptance_declared"] = "acceptance_declared"
    attempt: int
    act_id: Word
    reference: Line | None = None


class ItemDeemedAccepted(ItemEvent):
    """The department was silent too long: the item counts as accepted from the day of hand-in (行政许可法 32)."""

    type: Literal["item_deemed_accepted"] = "item_deemed_accepted"
    handed_in_at: datetime


class SilenceDoubted(ItemEvent):
    """The last day of its silence was provisional and has come: it is reckoned anew first."""

    type: Literal["silence_doubted"] = "silence_doubted"


class SilenceReckoned(ItemEvent):
    """That day by the calendar that is known now."""

    type: Literal["silence_reckoned"] = "silence_reckoned"
    deemed_on: date
    deemed_at: datetime


class ItemReturned(ItemEvent):
    """The department gave the item back before acceptance (退件)."""

    type: Literal["item_returned"] = "item_returned"
    attempt: int
    act_id: Word
    reason: ReturnReason
    responsible: Responsible
    note: Sealed | None = None


class ItemHandedInAgain(ItemEvent):
    """The applicant hands a returned item in again; it is submitted as the next attempt."""

    type: Literal["item_handed_in_again"] = "item_handed_in_again"
    form: Sealed
    materials: dict[str, str] = {}
    channel: Channel


AcceptanceEvent = (
    ItemReceived
    | AcceptanceDeclared
    | ItemDeemedAccepted
    | SilenceDoubted
    | SilenceReckoned
    | ItemReturned
    | ItemHandedInAgain
)
