"""The credit check before an item is submitted, where the law demands one."""

from enum import StrEnum
from typing import Literal

from one_things.events.vocabulary import ItemEvent
from one_things.looked_up import LookedUp
from one_things.text import Word


class CreditOutcome(StrEnum):
    """What the credit record says about the applicant."""

    CLEAR = "clear"
    BARRED = "barred"


class CreditChecked(ItemEvent):
    """The credit record was looked up; ``digest`` commits to the answer, which itself is not kept."""

    type: Literal["credit_checked"] = "credit_checked"
    outcome: CreditOutcome
    digest: Word
    looked_up: LookedUp | None = None


class CreditUnavailable(ItemEvent):
    """The credit record does not answer; asking goes on and the item waits. Never read as a clear record."""

    type: Literal["credit_unavailable"] = "credit_unavailable"


CreditEvent = CreditChecked | CreditUnavailable
