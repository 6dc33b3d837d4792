"""What a department does on the way to its decision, through the same signed door: stops the clock, extends a limit.

Whatever an official wrote leaves this module only sealed. A repeat carries the same ``act_id`` and is a success.
"""

from starlette.requests import Request

from gateway import errors
from gateway.after_closing import CASE_CLOSED
from gateway.at_the_door import sealed_text
from gateway.body import parse, raw_body, require_json
from gateway.decisions import (
    DecisionOutcome,
    DecisionReceipt,
    known_to_a_case_at_rest,
    prove_origin,
    translated,
)
from gateway.open_case import check_case_number
from gateway.paper_acts import after_closing, paper_act
from gateway.services import GatewayServices
from observability.correlation import bind
from one_things.case import ItemState
from one_things.commands import (
    AcceptItem,
    BeginProcedure,
    DepartmentAct,
    EndProcedure,
    ExtendLimit,
    RefuseSignature,
    ReturnItem,
    Sign,
)
from one_things.department_bodies import (
    Accepted,
    ActAtTheDoor,
    ActOfDepartmentBody,
    Extended,
    PaperActAtTheDoor,
    ProcedureBegun,
    ProcedureEnded,
    Returned,
    SignatureRefused,
    Signed,
)
from one_things.faults import CommandRefused
from one_things.sealed import Sealed
from one_things.text import Text
from workflows.handles import CaseNotRunning, OrchestratorUnavailable
from workflows.messages import Receipt


async def receive(services: GatewayServices, department: str, request: Request) -> DecisionReceipt:
    """Take an act in. Raises the problems its route publishes."""
    require_json(request)
    body = await raw_body(request, services.settings.largest_body)
    await prove_origin(services, department, request, body)
    return await take_in(services, department, body)


async def take_in(services: GatewayServices, department: str, body: bytes) -> DecisionReceipt:
    """Hand over an act whose origin is proved, whichever way it came. Raises the problems of its route."""
    act = parse(ActOfDepartmentBody, services.in_our_words(department, body)).root
    check_case_number(act.case_no)
    with bind(case_no=act.case_no, item=act.item, department=department):
        return await hand_over(services, department, act)


async def hand_over(
    services: GatewayServices, department: str, act: ActAtTheDoor, officer: str | None = None
) -> DecisionReceipt:
    """Tell the case what a department did, whose origin is proved; ``officer`` did so on the workbench.

    Raises ForeignDepartment, CaseNotFound, ItemNotFound, CommandNotPossible, OutOfService.
    """
    if isinstance(act, PaperActAtTheDoor):
        return await _about_papers(services, department, act)
    said: DepartmentAct | Sign | RefuseSignature | None = None
    try:
        said = await _command(services, department, act, officer)
        receipt = await _told(services, act.case_no, said)
    except CommandRefused as refused:
        if refused.code != CASE_CLOSED:
            raise translated(refused) from None
    except CaseNotRunning:
        pass
    except OrchestratorUnavailable:
        raise errors.OutOfService("orchestrator") from None
    else:
        return DecisionReceipt(outcome=DecisionOutcome(receipt.outcome))

    def counted(item: ItemState) -> bool:
        return item.counted(act.act_id)

    await known_to_a_case_at_rest(services, act.case_no, said, act.item, counted)
    return DecisionReceipt(outcome=DecisionOutcome.REPEAT)


async def _about_papers(services: GatewayServices, department: str, act: PaperActAtTheDoor) -> DecisionReceipt:
    """Papers may be delivered after the case has closed: then the record takes what a running case would have."""
    try:
        command = await paper_act(services, department, act)
        try:
            receipt = await services.cases.act(act.case_no, command)
        except CaseNotRunning:
            receipt = await after_closing(services, act.case_no, command)
        except CommandRefused as refused:
            if refused.code != CASE_CLOSED:
                raise translated(refused) from None
            receipt = await after_closing(services, act.case_no, command)
    except CaseNotRunning:
        raise errors.CommandNotPossible(CASE_CLOSED, _ERASED) from None
    except OrchestratorUnavailable:
        raise errors.OutOfService("orchestrator") from None
    return DecisionReceipt(outcome=DecisionOutcome(receipt.outcome))


async def _told(services: GatewayServices, case_no: str, command: DepartmentAct | Sign | RefuseSignature) -> Receipt:
    """What the case says to the act."""
    match command:
        case Sign():
            return await services.cases.sign(case_no, command)
        case RefuseSignature():
            return await services.cases.refuse_signature(case_no, command)
    return await services.cases.act(case_no, command)


async def _command(
    services: GatewayServices, department: str, act: ActAtTheDoor, officer: str | None
) -> DepartmentAct | Sign | RefuseSignature:
    """The command for the case."""
    who = {"item": act.item, "department": department, "attempt": act.attempt, "officer": officer}
    match act:
        case Signed(party=party, digest=digest):
            return Sign(party=party, digest=digest, by=act.act_id, **who)
        case SignatureRefused(party=party, code=code, reason=reason):
            sealed = await sealed_text(services, act.case_no, reason)
            return RefuseSignature(party=party, act_id=act.act_id, code=code, reason=sealed, **who)
    return await _sealed(services, department, act, officer)


async def _sealed(services: GatewayServices, department: str, act: ActAtTheDoor, officer: str | None) -> DepartmentAct:
    """The command for the case."""
    about = {"department": department, "item": act.item, "attempt": act.attempt}
    who = {"act_id": act.act_id, "officer": officer, **about}
    match act:
        case ProcedureBegun(procedure=procedure):
            return BeginProcedure(procedure=procedure, **who)
        case ProcedureEnded(procedure=procedure):
            return EndProcedure(procedure=procedure, **who)
        case Accepted(reference=reference):
            return AcceptItem(reference=reference, **who)
        case Returned(reason=reason, responsible=responsible, note=note):
            sealed = await _note(services, act.case_no, note)
            return ReturnItem(reason=reason, responsible=responsible, note=sealed, **who)
        case Extended(working_days=days, approver=approver, reason=reason):
            return ExtendLimit(
                working_days=days,
                approver=await sealed_text(services, act.case_no, approver),
                reason=await sealed_text(services, act.case_no, reason),
                **who,
            )
    raise TypeError(f"no command for {type(act).__name__}")


async def _note(services: GatewayServices, case_no: str, note: str | None) -> Sealed | None:
    """What an official wrote, sealed."""
    return None if note is None else await sealed_text(services, case_no, note)


_ERASED = Text(zh="该办件的个人信息已清除。", en="The personal data of this case was erased.")
