"""Money of a case, read off its state: what an item has to move, and what still lies in escrow. Amounts in fen."""

from collections.abc import Collection

from one_things.case import CaseState, MovedMoney
from one_things.money import GiveBackOrder, PaymentOrder


def payment_order(state: CaseState, item_id: str) -> PaymentOrder | None:
    """What this item has to move now; None for an item without money."""
    payment = state.plan.item(item_id).payment
    if payment is None:
        return None
    amount = payment.amount_fen
    if amount is None:
        amount = in_escrow(state, payment.deposits)
    return PaymentOrder(role=payment.role, amount_fen=amount, payer=payment.payer, payee=payment.payee)


def in_escrow(state: CaseState, deposits: Collection[str]) -> int:
    """What lies in these deposits: paid in, not given back, not paid out."""
    paid_in = sum(_held(state, deposit) for deposit in deposits)
    return paid_in - sum(
        moved.amount_fen
        for item in state.plan.items
        if item.payment is not None
        and item.payment.role == "release"
        and set(item.payment.deposits) == set(deposits)
        and (moved := state.items[item.id].money) is not None
    )


def left_over(state: CaseState) -> dict[str, int]:
    """Deposit → what of its escrow nobody was paid. Deposits paid out together stand under the first that was made."""
    pools = {
        item.payment.deposits
        for item in state.plan.items
        if item.payment is not None and item.payment.role == "release"
    }
    pooled = {deposit for pool in pools for deposit in pool}
    alone = {
        (item.id,)
        for item in state.plan.items
        if item.payment is not None and item.payment.role == "deposit" and item.id not in pooled
    }
    left = {made[0]: in_escrow(state, pool) for pool in sorted(pools | alone) if (made := _made(state, pool))}
    return {deposit: fen for deposit, fen in left.items() if fen > 0}


def to_give_back(state: CaseState, item_id: str) -> MovedMoney | None:
    """What was paid for this item and has not gone back; None where there is nothing."""
    moved = state.items[item_id].money
    if moved is None or moved.given_back is not None or state.plan.item(item_id).payment is None:
        return None
    return moved


def give_back_order(state: CaseState, item_id: str) -> GiveBackOrder | None:
    """What the department of this item has to give back when it undoes it; None where nothing was paid."""
    moved = to_give_back(state, item_id)
    if moved is None:
        return None
    return GiveBackOrder(amount_fen=moved.amount_fen, currency=moved.currency, reference=moved.reference)


def used_references(state: CaseState) -> frozenset[str]:
    """The numbers of all confirmations of money that counted in this case."""
    used: set[str] = set()
    for item in state.items.values():
        if item.money is not None:
            used.add(item.money.reference)
            used.update(reference for reference in (item.money.given_back, item.money.paid_by_hand) if reference)
    return frozenset(used)


def _held(state: CaseState, deposit: str) -> int:
    moved = state.items[deposit].money
    if moved is None or moved.given_back is not None:
        return 0
    return moved.amount_fen - moved.by_hand_fen


def _made(state: CaseState, deposits: Collection[str]) -> list[str]:
    """Those of the deposits that were paid in: one of another branch may have been refused while the case went on."""
    return [deposit for deposit in deposits if state.items[deposit].money is not None]
