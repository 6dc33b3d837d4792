"""Money: an approval counts with exactly the planned amount, and what was paid goes back exactly."""

from collections.abc import Sequence
from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.escrow import payment_order, to_give_back, used_references
from one_things.faults import CommandRefused
from one_things.money import CURRENCY, PaymentMade, yuan_of
from one_things.text import Text


def moved_by_approval(
    state: CaseState, item_id: str, payment: PaymentMade | None, at: datetime
) -> tuple[e.PaymentConfirmed | e.PaymentReleased, ...]:
    """What an approval that confirms this payment moves. Raises CommandRefused, and then nothing of it counts."""
    order = payment_order(state, item_id)
    if order is None:
        if payment is not None:
            raise CommandRefused(
                "payment-not-asked",
                Text(zh="该事项不涉及款项。", en="This item moves no money."),
            )
        return ()
    made = _exactly(state, payment, order.amount_fen)
    if order.role == "release":
        return (
            e.PaymentReleased(
                at=at,
                item=item_id,
                amount_fen=made.amount_fen,
                currency=made.currency,
                reference=made.reference,
                payee=order.payee,
            ),
        )
    return (
        e.PaymentConfirmed(
            at=at,
            item=item_id,
            role="deposit" if order.role == "deposit" else "charge",
            amount_fen=made.amount_fen,
            currency=made.currency,
            reference=made.reference,
            payer=order.payer,
        ),
    )


def given_back(
    state: CaseState, item_id: str, payment: PaymentMade | None, at: datetime, operator: str | None = None
) -> tuple[e.MoneyGivenBack, ...]:
    """The money of an undone item goes back to who paid it. Raises CommandRefused unless it is exactly that."""
    moved = to_give_back(state, item_id)
    if moved is None:
        return ()  # nothing that counted was paid; what a department took and returned meanwhile evens out by itself
    made = _exactly(state, payment, moved.amount_fen)
    planned = state.plan.item(item_id).payment
    return (
        e.MoneyGivenBack(
            at=at,
            item=item_id,
            amount_fen=made.amount_fen,
            currency=made.currency,
            reference=made.reference,
            payer=planned.payer if planned is not None else None,
            operator=operator,
        ),
    )


def paid_by_hand(
    state: CaseState, item_id: str, left_fen: int, payment: PaymentMade | None, operator: str, at: datetime
) -> e.PaymentReleased:
    """A deposit that was left over, paid out by hand. Raises CommandRefused unless it is all of it."""
    made = _exactly(state, payment, left_fen)
    return e.PaymentReleased(
        at=at,
        item=item_id,
        amount_fen=made.amount_fen,
        currency=made.currency,
        reference=made.reference,
        operator=operator,
    )


def require_results(state: CaseState, item_id: str, results: Sequence[e.DecidedResult]) -> None:
    """An atomic item leaves all its results or none. Raises CommandRefused "result-missing"."""
    planned = state.plan.item(item_id)
    if not planned.atomic:
        return
    lacking = [result for result in planned.results if not any(issued.matches(result) for issued in results)]
    if lacking:
        raise CommandRefused(
            "result-missing",
            Text(
                zh=f"此项须一次办成，缺少结果：{'、'.join(result.title.zh for result in lacking)}。",
                en=f"All or nothing: these results are missing: {', '.join(result.title.en for result in lacking)}.",
            ),
        )


def _exactly(state: CaseState, payment: PaymentMade | None, amount_fen: int) -> PaymentMade:
    exact = yuan_of(amount_fen)
    if payment is None:
        raise CommandRefused(
            "payment-missing",
            Text(zh=f"须确认款项 {exact} 元。", en=f"The payment of {exact} yuan has to be confirmed."),
        )
    if payment.currency != CURRENCY:
        raise CommandRefused(
            "payment-currency", Text(zh="款项须以人民币支付。", en="Money moves in renminbi (CNY) only.")
        )
    if payment.amount_fen != amount_fen:
        code = "payment-short" if payment.amount_fen < amount_fen else "payment-over"
        raise CommandRefused(code, Text(zh=f"金额须为 {exact} 元。", en=f"It has to be exactly {exact} yuan."))
    if payment.reference in used_references(state):
        raise CommandRefused(
            "payment-reference-used",
            Text(zh="该凭证号已用于本办件的另一笔款项。", en="Another payment of this case has this reference."),
        )
    return payment
