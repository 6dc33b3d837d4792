"""The order to deliver results on paper, given to the department that issued them."""

from temporalio import activity

from activities import names
from activities.answers import FindDepartment, is_a_retry, no_clear_answer
from activities.models import DeliveryOrderRequest, UndoReply
from adapters import port
from adapters.submit_or_ask import submit_or_ask
from event_store.case_secrets import CaseSecrets
from observability.correlation import bind
from one_things.idempotency import idempotency_key


class DeliveryActivities:
    """Reaches the departments that issued something on paper."""

    def __init__(self, find: FindDepartment, secrets: CaseSecrets, gateway_url: str) -> None:
        self._find = find
        self._secrets = secrets
        self._gateway_url = gateway_url.rstrip("/")

    @activity.defn(name=names.ORDER_DELIVERY)
    async def order_delivery(self, request: DeliveryOrderRequest) -> UndoReply:
        """Give the order, once per round. Raises ApplicationError "no-answer" until it was taken or refused.

        Whom it goes to is opened here and nowhere else, and goes to nobody but the department that sends it.
        """
        to = await self._secrets.open_fields(request.case_no, (request.to,)) if request.to is not None else {}
        order = port.Submission(
            key=port.delivery_key_of(idempotency_key(request.case_no, request.item, request.attempt), request.round),
            case_no=request.case_no,
            item=request.item,
            operation="deliver",
            attempt=request.attempt,
            department=request.department,
            fields=to,
            delivery=port.DeliveryOrder(
                way=request.way,
                round=request.round,
                papers=tuple(
                    port.PaperReference(
                        id=paper.id,
                        title=paper.title,
                        pick_up=paper.paper.pick_up if paper.paper is not None and request.way == "pick_up" else None,
                    )
                    for paper in request.papers
                ),
                due_on=request.due_on,
            ),
            callback_url=f"{self._gateway_url}/departments/{request.department}/acts",
            requested_at=request.at,
        )
        with bind(case_no=request.case_no, item=request.item, department=request.department):
            outcome = await submit_or_ask(self._find(request.department), order, earlier_unknown=is_a_retry())
        match outcome:
            case port.Done() | port.Taken():
                return UndoReply()
            case port.Refused(reason=reason):
                return UndoReply(refused=await self._secrets.seal_text(request.case_no, reason))
            case port.NeedsCorrection():
                raise no_clear_answer(f"{request.department} asks for a correction of what it is only to deliver")
            case port.Unknown(detail=detail, cause=cause):
                raise no_clear_answer(detail, cause)
