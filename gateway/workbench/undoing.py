"""Undoing by hand: an officer says that an approved item of a case that was given up is undone, or why it cannot be."""

from gateway import errors
from gateway.at_the_door import sealed_text
from gateway.services import GatewayServices
from gateway.workbench.act_models import ActReceipt, ConfirmUndone, RefuseUndoing
from gateway.workbench.desk import DeskItem
from one_things.escrow import give_back_order
from one_things.faults import Fault
from one_things.inbox import InboxState, UndoneByHand, inbox_of, undo_key
from one_things.money import PaymentMade
from one_things.text import Text


async def settle_undoing(services: GatewayServices, seen: DeskItem, said: ConfirmUndone | RefuseUndoing) -> ActReceipt:
    """Keep the answer: the case, which asks the department until it is undone, learns it within minutes.

    Raises CommandNotPossible when nothing is to be undone, InputInvalid when money goes back and no number is said.
    """
    key = undo_key(seen.state.case_no, seen.planned.id, said.attempt)
    if await services.workbench.undoing(key) is not None:
        return ActReceipt(outcome="repeat")
    entry = inbox_of(seen.state).get(seen.planned.id)
    if entry is None or entry.state is not InboxState.TO_UNDO or said.attempt != seen.item.attempt:
        raise errors.CommandNotPossible(
            "nothing-to-undo", Text(zh="该事项没有待撤销的办理结果。", en="Nothing of this item is to be undone.")
        )
    await services.workbench.settle_undoing(seen.about, key, await _answer(services, seen, said))
    return ActReceipt(outcome="counted")


async def _answer(services: GatewayServices, seen: DeskItem, said: ConfirmUndone | RefuseUndoing) -> UndoneByHand:
    if isinstance(said, RefuseUndoing):
        return UndoneByHand(refused=await sealed_text(services, seen.state.case_no, said.reason))
    order = give_back_order(seen.state, seen.planned.id)
    if order is None:
        return UndoneByHand()
    if said.payment_reference is None:
        fault = Fault(
            field="payment_reference",
            code="missing",
            reason=Text(zh="须退还已付款项。", en="What was paid has to go back."),
            fix=Text(zh="请填写退款凭证号。", en="Give the number of the voucher by which it went back."),
        )
        raise errors.InputInvalid(faults=(fault,))
    made = PaymentMade(amount_fen=order.amount_fen, currency=order.currency, reference=said.payment_reference)
    return UndoneByHand(payment=made)
