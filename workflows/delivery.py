"""How a case reckons until when papers have to be delivered, and gives their department the order to deliver."""

from temporalio import workflow

from activities import names
from activities.dates import ReckonLimitRequest
from activities.models import DeliveryOrderRequest, UndoReply
from one_things.case import CaseState
from one_things.commands import Command, RecordDeliveryDates, RecordDeliveryOrder
from one_things.delivery_steps import DeliveryStep, OrderDelivery, ReckonDelivery
from one_things.limit_dates import LimitDates
from one_things.papers import delivery_limit, papers_of
from workflows.calling import FIRST_TRY, patiently


class DeliveryCalls:
    """The calls of one case about its papers, made from its state as it was when they began."""

    def __init__(self, state: CaseState) -> None:
        self._state = state

    async def carry_out(self, step: DeliveryStep) -> Command:
        """What the step brings. A department that does not answer is asked on: the limit runs, and is watched."""
        match step:
            case ReckonDelivery(item=item, reckoning=reckoning):
                return RecordDeliveryDates(item=item, reckoning=reckoning, dates=await self._reckon(item))
            case OrderDelivery(item=item, round=number):
                request = self._order(item, number)
                about = f"{item}:{request.attempt}:deliver:{number}"
                reply = await patiently(names.ORDER_DELIVERY, about, request, UndoReply)
                return RecordDeliveryOrder(item=item, round=number, refused=reply.refused)

    async def _reckon(self, item: str) -> LimitDates:
        dates: LimitDates = await workflow.execute_local_activity(
            names.RECKON_LIMIT,
            ReckonLimitRequest(limit=delivery_limit(self._state, item), publication=self._state.calendar),
            result_type=LimitDates,
            start_to_close_timeout=FIRST_TRY,
        )
        return dates

    def _order(self, item_id: str, number: int) -> DeliveryOrderRequest:
        planned, delivery, chosen = (
            self._state.plan.item(item_id),
            self._state.deliveries[item_id],
            self._state.delivery,
        )
        assert delivery.watch.dates is not None
        assert chosen is not None
        return DeliveryOrderRequest(
            case_no=self._state.case_no,
            item=item_id,
            attempt=self._state.item(item_id).attempt,
            round=number,
            department=planned.department,
            way="mail" if delivery.way == "mail" else "pick_up",
            papers=tuple(result for result, _ in papers_of(planned.results)),
            due_on=delivery.watch.dates.due_on,
            to=chosen.to,
            at=workflow.now(),
        )
