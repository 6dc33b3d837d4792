"""The money that a simulated department moves: exactly what it was asked to, unless it is told to get it wrong."""

from pydantic import ValidationError

from adapters.port import Payment, Submission
from adapters.sandbox.behaviours import Behaviour, Mispay, Operation
from adapters.sandbox.ledger import Kept
from adapters.wire_bodies import UndoRequest


def payment_of(kept: Kept) -> Payment | None:
    """What this submission, or this undoing, moves; None where it is not about money."""
    order = _order(kept)
    if order is None:
        return None
    amount_fen, currency = order
    return Payment(amount_fen=amount_fen, currency=currency, reference=f"SIM:{kept.key}:payment")


def as_told(payment: Payment | None, behaviour: Behaviour) -> Payment | None:
    """The payment as a department confirms it that behaves so."""
    if payment is None or not isinstance(behaviour, Mispay):
        return payment
    if behaviour.missing:
        return None
    wrong = {"amount_fen": behaviour.amount_fen, "currency": behaviour.currency, "reference": behaviour.reference}
    return payment.model_copy(update={name: value for name, value in wrong.items() if value is not None})


def _order(kept: Kept) -> tuple[int, str] | None:
    try:
        if kept.operation == Operation.SUBMIT:
            order = Submission.model_validate_json(kept.body).payment
            return None if order is None else (order.amount_fen, order.currency)
        if kept.operation == Operation.UNDO:
            back = UndoRequest.model_validate_json(kept.body).give_back
            return None if back is None else (back.amount_fen, back.currency)
    except ValidationError:
        return None  # what a test wrote by hand; nothing that was taken is unreadable
    return None
