"""Names and answers of the messages a running case understands. Histories hold them, so they are never renamed."""

from typing import Literal

from one_things.model import Record

DECIDE = "decide"
CANCEL = "cancel"
ANSWER_CORRECTION = "answer-correction"
HAND_IN_INSTEAD = "hand-in-instead"
PERMIT_CORRECTION = "permit-correction"
ACT = "act"
SUSPEND = "suspend"
RESUME = "resume"
LEARN_CALENDAR = "learn-calendar"
HAND_IN = "hand-in"
GIVE_MANDATE = "give-mandate"
REVOKE_MANDATE = "revoke-mandate"
SETTLE_TASK = "settle-task"
FAST_FORWARD = "fast-forward"
CONFIRM = "confirm"
SIGN = "sign"
REFUSE_SIGNATURE = "refuse-signature"
RETRY_ITEM = "retry-item"
CHOOSE_DELIVERY = "choose-delivery"
CONFIRM_PAPER = "confirm-paper"
MISS_PAPER = "miss-paper"
ANSWER_DELIVERY = "answer-delivery"
STATE = "state"


class Receipt(Record):
    """What a message did: it counted, or it repeated one that had counted."""

    outcome: Literal["counted", "repeat"]
    version: int
    """The version of the case after it."""
