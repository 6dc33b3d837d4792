"""Money on its way: paid, given back, paid out; amounts in fen."""

from typing import Literal

from one_things.events.vocabulary import ItemEvent
from one_things.text import Line, Word


class PaymentConfirmed(ItemEvent):
    """The department has the money of a charge or a deposit, exactly as planned."""

    type: Literal["payment_confirmed"] = "payment_confirmed"
    role: Literal["charge", "deposit"]
    amount_fen: int
    currency: Word
    reference: Line
    payer: str | None = None


class PaymentReleased(ItemEvent):
    """Money was paid out of deposits: by the department of the item, or by hand, as an operator confirms."""

    type: Literal["payment_released"] = "payment_released"
    amount_fen: int
    currency: Word
    reference: Line
    payee: str | None = None
    operator: str | None = None
    """Who paid it out by hand; then the item is the deposit that was left."""


class MoneyGivenBack(ItemEvent):
    """What was paid went back to the payer, exactly; ``operator`` says who gave it back by hand."""

    type: Literal["money_given_back"] = "money_given_back"
    amount_fen: int
    currency: Word
    reference: Line
    payer: str | None = None
    operator: str | None = None


class AnswerNotCounted(ItemEvent):
    """A department's answer lacks something, or names another amount than the plan: nothing of it counts."""

    type: Literal["answer_not_counted"] = "answer_not_counted"
    attempt: int
    code: Word
    """As the department would be told at the door, such as ``payment-short`` or ``result-missing``."""


PaymentEvent = PaymentConfirmed | PaymentReleased | MoneyGivenBack | AnswerNotCounted
