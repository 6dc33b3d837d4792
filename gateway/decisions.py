"""A department's decision: proved by its signature, sealed, handed to the running case, which says if it counted."""

import json
from collections.abc import Callable
from enum import StrEnum

from starlette.requests import Request

from event_store.errors import KeyDestroyed, UnknownCase
from gateway import errors
from gateway.acting import closed
from gateway.after_closing import CASE_CLOSED, set_aside
from gateway.body import parse, raw_body, require_json
from gateway.live import LiveRecord
from gateway.open_case import check_case_number, recorded_case
from gateway.services import GatewayServices
from gateway.state import live_of
from observability.correlation import bind
from one_things.case import CasePhase, ItemState
from one_things.commands import ActOfDepartment, Decide, RefuseSignature, Sign
from one_things.department_bodies import DepartmentDecision
from one_things.events import DecidedResult
from one_things.faults import CommandRefused
from one_things.model import Record
from one_things.money import PaymentMade
from one_things.text import Text
from security.sealing import CaseKeyErased
from security.signatures import SignatureKeyUnknown, SignatureRefused, VerifiedSignature, verify
from workflows.handles import CaseNotRunning, OrchestratorUnavailable


class DecisionOutcome(StrEnum):
    """What became of a decision."""

    COUNTED = "counted"
    REPEAT = "repeat"


class DecisionReceipt(Record):
    """The answer to a decision: it counted, or it repeated one that had."""

    outcome: DecisionOutcome


async def receive(services: GatewayServices, department: str, request: Request) -> DecisionReceipt:
    """Take a decision in. Raises the problems its route publishes."""
    require_json(request)
    body = await raw_body(request, services.settings.largest_body)
    await prove_origin(services, department, request, body)
    return await take_in(services, live_of(request), department, body)


async def take_in(services: GatewayServices, live: LiveRecord, department: str, body: bytes) -> DecisionReceipt:
    """Hand over a decision whose origin is proved, whichever way it came. Raises the problems of its route."""
    decision = parse(DepartmentDecision, services.in_our_words(department, body))
    check_case_number(decision.case_no)
    measured = (decision.case_no, decision.item, decision.decision_id)
    noted, counted = live.decision_arrived(*measured), False
    try:
        with bind(case_no=decision.case_no, item=decision.item, department=department):
            receipt = await hand_over(services, department, decision)
        counted = receipt.outcome is DecisionOutcome.COUNTED
        return receipt
    finally:
        if noted and not counted:
            live.decision_did_not_count(*measured)


async def hand_over(
    services: GatewayServices, department: str, decision: DepartmentDecision, officer: str | None = None
) -> DecisionReceipt:
    """Tell the case what a department decided, whose origin is proved; ``officer`` did so on the workbench.

    Raises ForeignDepartment, CaseNotFound, ItemNotFound, CommandNotPossible, OutOfService.
    """
    command = _unsealed(department, decision, officer)
    try:
        command = await _sealed(services, command, decision)
        receipt = await services.cases.decide(decision.case_no, command)
    except CommandRefused as refused:
        if refused.code == CASE_CLOSED:
            return await _of_a_case_at_rest(services, decision.case_no, command)
        raise translated(refused) from None
    except CaseNotRunning:
        return await _of_a_case_at_rest(services, decision.case_no, command)
    except OrchestratorUnavailable:
        raise errors.OutOfService("orchestrator") from None
    return DecisionReceipt(outcome=DecisionOutcome(receipt.outcome))


async def prove_origin(services: GatewayServices, department: str, request: Request, body: bytes) -> None:
    """The signature is by a key of the department that the path names (key ids read ``<department>.<version>``)."""
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    url = path.partition("?")[0] + (f"?{request.url.query}" if request.url.query else "")

    def signature() -> VerifiedSignature:
        return verify(request.method, url, request.headers.items(), body, services.department_key)

    try:
        try:
            signed = signature()
        except SignatureKeyUnknown:
            # A worker may know a department before this gateway does, and that department answer at once: it would
            # take a 4xx for our last word, and its decision would be lost.
            await services.learn_keys()
            signed = signature()
    except SignatureRefused as refused:
        detail = Text(zh=_IN_CHINESE.get(refused.code, str(refused)), en=str(refused))
        raise errors.SignatureNotAccepted(refused.code, detail) from None
    if signed.key_id.rpartition(".")[0] != department:
        raise errors.ForeignDepartment(
            Text(zh="签名属于另一个部门。", en="The signature belongs to another department.")
        )


def _unsealed(department: str, decision: DepartmentDecision, officer: str | None) -> Decide:
    """The command for the case, without anything that an official wrote about a person."""
    return Decide(
        decision_id=decision.decision_id,
        department=department,
        item=decision.item,
        attempt=decision.attempt,
        verdict=decision.verdict,
        code=decision.code or "",
        article=decision.article,
        named=tuple(point.field_or_material for point in decision.points),
        results=tuple(DecidedResult(**result.model_dump()) for result in decision.results),
        payment=PaymentMade(**decision.payment.model_dump()) if decision.payment is not None else None,
        officer=officer,
    )


async def _sealed(services: GatewayServices, command: Decide, decision: DepartmentDecision) -> Decide:
    """The command for the case; what an official wrote about a person leaves this function only sealed."""
    reason = points = None
    try:
        if decision.reason:
            reason = await services.secrets.seal_text(decision.case_no, decision.reason)
        if decision.points:
            listed = json.dumps([point.model_dump() for point in decision.points], ensure_ascii=False)
            points = await services.secrets.seal_text(decision.case_no, listed)
    except UnknownCase:
        raise errors.CaseNotFound from None
    except (CaseKeyErased, KeyDestroyed):
        raise CaseNotRunning("the person's data was erased") from None
    return command.model_copy(update={"reason": reason, "points": points})


def translated(refused: CommandRefused) -> errors.Problem:
    """A refusal of the case as the problem that its sender reads."""
    match refused.code:
        case "foreign":
            return errors.ForeignDepartment(refused.reason)
        case "item-unknown":
            return errors.ItemNotFound(refused.reason)
        case code:
            return errors.CommandNotPossible(code, refused.reason)


async def _of_a_case_at_rest(services: GatewayServices, case_no: str, command: Decide) -> DecisionReceipt:
    def counted(item: ItemState) -> bool:
        return command.decision_id in item.decision_ids

    await known_to_a_case_at_rest(services, case_no, command, command.item, counted)
    return DecisionReceipt(outcome=DecisionOutcome.REPEAT)


async def known_to_a_case_at_rest(
    services: GatewayServices,
    case_no: str,
    said: Decide | ActOfDepartment | Sign | RefuseSignature | None,
    item_id: str,
    counted: Callable[[ItemState], bool],
) -> None:
    """Nothing runs under this number, so the record answers: a repeat is still a success, else the sender hangs on.

    What was ``said`` and is no repeat is kept in the record.

    Returns when the item had ``counted`` it. Raises CaseNotFound, CommandNotPossible ("case-closed"), OutOfService when
    the case should be running and does not.
    """
    state = await recorded_case(services, case_no)
    item = state.items.get(item_id)
    if item is not None and counted(item):
        return
    if state.phase is not CasePhase.CLOSED:
        raise errors.OutOfService("orchestrator")
    if said is not None:
        await set_aside(services, case_no, said)
    raise closed()


_IN_CHINESE = {
    "signature-missing": "请求没有签名（RFC 9421）。",
    "signature-key-unknown": "签名所用的密钥未登记。",
    "signature-key-expired": "签名所用的密钥不在有效期内。",
    "signature-too-old": "签名已过期，请重新签名。",
    "signature-from-the-future": "签名时间早于系统时间允许的范围，请校对时钟。",
    "signature-incomplete": "签名未覆盖全部必需内容。",
    "signature-invalid": "签名与请求不符。",
    "digest-mismatch": "正文与签名时的摘要不符。",
}
