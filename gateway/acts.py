"""What applicants and operators do to a running case as a whole: take it back, put a task right."""

from typing import Annotated

from pydantic import StringConstraints, field_validator

from gateway.acting import closed, require_item, require_owner, told
from gateway.after_closing import told_or_added
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.commands import Cancel, SettleTask
from one_things.events import Channel
from one_things.model import Record
from one_things.money import CURRENCY, NoAmount, PaymentMade, fen_of, yuan_of
from one_things.text import Line
from security.sealing import CaseKeyErased
from workflows.messages import Receipt


class CancelRequest(Record):
    """Take the application back."""

    channel: Channel = Channel.WEB


class MovedByHand(Record):
    """Money that an operator saw to, in yuan, with the number of its voucher."""

    amount: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    reference: Annotated[Line, StringConstraints(min_length=1)]

    @field_validator("amount")
    @classmethod
    def _is_an_amount(cls, amount: str) -> str:
        try:
            return yuan_of(fen_of(amount))
        except NoAmount as wrong:
            raise ValueError(str(wrong)) from None


class SettleRequest(Record):
    """An operator's note on how a task was put right."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    payment: MovedByHand | None = None
    """Where the task is about money: what was moved by hand, exactly."""


async def cancel(services: GatewayServices, seen: SeenCase, request: CancelRequest) -> Receipt:
    """Take the application back. Raises NotAllowed for anyone but the owner, CommandNotPossible, OutOfService."""
    require_owner(seen)
    return await told(seen, services.cases.cancel(seen.state.case_no, Cancel(channel=request.channel)))


async def settle(services: GatewayServices, seen: SeenCase, item: str, request: SettleRequest) -> Receipt:
    """An operator put a task right. The caller has been checked to be one."""
    require_item(seen, item)
    try:
        note = await services.secrets.seal_text(seen.state.case_no, request.note)
    except CaseKeyErased:
        raise closed() from None
    command = SettleTask(item=item, operator=seen.caller.subject, note=note, payment=_made(request.payment))
    return await told_or_added(services, seen, command, lambda: services.cases.settle_task(seen.state.case_no, command))


def _made(moved: MovedByHand | None) -> PaymentMade | None:
    if moved is None:
        return None
    return PaymentMade(amount_fen=fen_of(moved.amount), currency=CURRENCY, reference=moved.reference)
