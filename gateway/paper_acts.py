"""What becomes of results on paper (结果送达): said by the department that issued them, or noted by an operator for it.

It may come after the case has closed: then the rules decide on the record, as they do for ratings.
"""

from event_store.errors import StoreUnavailable
from gateway import errors
from gateway.after_closing import Folded, added
from gateway.at_the_door import sealed_text
from gateway.services import GatewayServices
from one_things.case import CasePhase
from one_things.commands import DeliverPaper, DispatchPaper, HandOutPaper, LayOutPaper, PaperAct, TakeBackPaper
from one_things.department_bodies import (
    Delivered,
    Dispatched,
    PaperActAtTheDoor,
    PickedUp,
    ReadyForPickUp,
    ReturnedToSender,
)
from one_things.events import event_from_json
from one_things.evolving import fold
from workflows.messages import Receipt


async def paper_act(
    services: GatewayServices, department: str, act: PaperActAtTheDoor, operator: str | None = None
) -> PaperAct:
    """The command for the case; what tells about a person leaves this function only sealed."""
    who = {
        "act_id": act.act_id,
        "department": department,
        "item": act.item,
        "attempt": act.attempt,
        "operator": operator,
    }
    match act:
        case Dispatched(carrier=carrier, number=number):
            sealed = await sealed_text(services, act.case_no, number)
            return DispatchPaper(carrier=carrier, number=sealed, **who)
        case ReadyForPickUp():
            return LayOutPaper(**who)
        case Delivered():
            return DeliverPaper(**who)
        case PickedUp():
            return HandOutPaper(**who)
        case ReturnedToSender(reason=reason):
            said = await sealed_text(services, act.case_no, reason) if reason is not None else None
            return TakeBackPaper(reason=said, **who)


async def after_closing(services: GatewayServices, case_no: str, command: PaperAct) -> Receipt:
    """Decided on the record of a case that has closed.

    Raises CaseNotFound, CommandNotPossible, OutOfService when the case should be running and does not.
    """
    return await added(services, await _at_rest(services, case_no), lambda: _at_rest(services, case_no), command)


async def _at_rest(services: GatewayServices, case_no: str) -> Folded:
    try:
        records = await services.store.read(case_no)
    except StoreUnavailable:
        raise errors.OutOfService("record") from None
    if not records:
        raise errors.CaseNotFound
    state = fold(event_from_json(record.data) for record in records)
    if state.phase is not CasePhase.CLOSED:
        raise errors.OutOfService("orchestrator")
    return Folded(state, state.version)
