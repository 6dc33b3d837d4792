"""Names and answers of the messages a running case understands. Histories hold them, so they are never renamed."""

from typing import Literal

from one_things.commands import Decide
from one_things.faults import CommandRefused
from one_things.model import Record
from one_things.text import Text

DECIDE = "decide"
DECIDE_TOGETHER = "decide-together"
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


class Decisions(Record):
    """Several decisions about one case, in the order in which they came."""

    decisions: tuple[Decide, ...]


class DecisionAnswered(Record):
    """What became of one of them: its receipt, or why it was refused."""

    receipt: Receipt | None = None
    code: str = ""
    reason: Text | None = None

    @classmethod
    def of_refusal(cls, refused: CommandRefused) -> "DecisionAnswered":
        """That the case refused it."""
        return cls(code=refused.code, reason=refused.reason)

    def refusal(self) -> CommandRefused:
        """The refusal as the rules raised it. Raises ValueError for a receipt."""
        if self.reason is None:
            raise ValueError("it was not refused")
        return CommandRefused(self.code, self.reason)


class DecisionsAnswered(Record):
    """What became of each, in the order of the message."""

    answers: tuple[DecisionAnswered, ...]
