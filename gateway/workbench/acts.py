"""What an officer does with an item: each act becomes what the department's own system would have sent.

Acting needs the claim, so that two officers do not decide one item. A repeat carries the same id and is a success.
"""

import asyncio
import time
from typing import Any

from gateway import department_acts, errors
from gateway.acting import closed
from gateway.decisions import DecisionReceipt, hand_over
from gateway.services import GatewayServices
from gateway.workbench import act_models as a
from gateway.workbench.claims import require_claim
from gateway.workbench.desk import DeskItem
from gateway.workbench.extensions import answer_extension, ask_for_extension
from gateway.workbench.grounds import ReviewPointView, grounds_of
from gateway.workbench.undoing import settle_undoing
from observability.correlation import bind
from one_things.commands import Verdict
from one_things.department_bodies import (
    ActAtTheDoor,
    ActOfDepartmentBody,
    CorrectionPoint,
    DepartmentDecision,
    IssuedResult,
    PaymentConfirmation,
)
from one_things.escrow import payment_order
from one_things.events import event_from_json
from one_things.evolving import fold
from one_things.faults import Fault
from one_things.inbox import OfficerDid
from one_things.text import Text
from security.sealing import CaseKeyErased
from workflows.handles import CaseNotRunning

_ON_RECORD_SECONDS = 1.5
"""So long is waited for an act to be on record, so that the page shows it; it counts all the same."""
_LOOK_AGAIN_SECONDS = 0.03


async def act(services: GatewayServices, seen: DeskItem, said: a.AnyAct) -> a.ActReceipt:
    """Carry an act out.

    Raises CommandNotPossible (not claimed, or what the case says), InputInvalid for a point or result that the bundle
    does not declare, NotAllowed for an answer by who is no supervisor, OutOfService.
    """
    with bind(case_no=seen.state.case_no, item=seen.planned.id, department=seen.desk.department):
        try:
            await services.secrets.open_fields(seen.state.case_no, ())
            return await _carried_out(services, seen, said)
        except (CaseNotRunning, CaseKeyErased):
            raise closed() from None  # what was erased is not written about any more


async def _carried_out(services: GatewayServices, seen: DeskItem, said: a.AnyAct) -> a.ActReceipt:
    if isinstance(said, a.AnswerExtension):
        receipt = await answer_extension(services, seen, said)
        if said.approved:
            await until_on_record(services, seen.state.case_no, seen.planned.id, said.request)
        return receipt
    require_claim(seen)
    match said:
        case a.AskForExtension():
            return await ask_for_extension(services, seen, said)
        case a.ConfirmUndone() | a.RefuseUndoing():
            return await settle_undoing(services, seen, said)
    told = await _told(services, seen, said)
    await services.workbench.note(seen.about, OfficerDid(said.act), said.act_id)
    await until_on_record(services, seen.state.case_no, seen.planned.id, said.act_id)
    return a.ActReceipt(outcome=told.outcome.value)


async def _told(services: GatewayServices, seen: DeskItem, said: a.AnyAct) -> DecisionReceipt:
    department, officer = seen.desk.department, seen.desk.officer.subject
    match said:
        case a.AskForCorrections(points=points):
            named = {"verdict": Verdict.CORRECTION, "points": _points(services, seen, points)}
            return await hand_over(services, department, _decision(seen, said, named), officer)
        case a.Approve():
            return await hand_over(services, department, _decision(seen, said, _approval(seen, said)), officer)
        case a.Refuse(reason=reason, article=article, code=code):
            refusal = {"verdict": Verdict.REFUSED, "reason": reason, "article": article, "code": code or None}
            return await hand_over(services, department, _decision(seen, said, refusal), officer)
        case a.NoteObjection(reason=reason):
            objection = {"verdict": Verdict.OBJECTION, "reason": reason}
            return await hand_over(services, department, _decision(seen, said, objection), officer)
    return await department_acts.hand_over(services, department, _at_the_door(seen, said), officer)


def _decision(seen: DeskItem, said: a.OfficerAct, decided: dict[str, Any]) -> DepartmentDecision:
    return DepartmentDecision(
        decision_id=said.act_id, case_no=seen.state.case_no, item=seen.planned.id, attempt=said.attempt, **decided
    )


def _at_the_door(seen: DeskItem, said: a.AnyAct) -> ActAtTheDoor:
    said_of = {**said.model_dump(exclude_none=True), "case_no": seen.state.case_no, "item": seen.planned.id}
    return ActOfDepartmentBody.model_validate(said_of).root


def _approval(seen: DeskItem, said: a.Approve) -> dict[str, Any]:
    kinds = {result.id: result.kind for result in seen.planned.results}
    unknown = [place for place, result in enumerate(said.results) if result.id not in kinds]
    if unknown:
        raise errors.InputInvalid(faults=tuple(_not_declared(f"results.{place}.id") for place in unknown))
    order = payment_order(seen.state, seen.planned.id)
    payment = None
    if order is not None and said.payment_reference is not None:
        payment = PaymentConfirmation(
            amount_fen=order.amount_fen, currency=order.currency, reference=said.payment_reference
        )
    results = tuple(IssuedResult(kind=kinds[result.id], **result.model_dump()) for result in said.results)
    return {"verdict": Verdict.APPROVED, "results": results, "payment": payment}


def _points(
    services: GatewayServices, seen: DeskItem, points: tuple[a.PointOfNotice, ...]
) -> tuple[CorrectionPoint, ...]:
    declared = {point.id: point for point in grounds_of(services, seen.state.plan, seen.planned).review_points}
    unknown = [
        place
        for place, point in enumerate(points)
        if point.review_point is not None and point.review_point not in declared
    ]
    if unknown:
        raise errors.InputInvalid(faults=tuple(_not_declared(f"points.{place}.review_point") for place in unknown))
    return tuple(_point(point, declared.get(point.review_point or "")) for point in points)


def _point(point: a.PointOfNotice, declared: ReviewPointView | None) -> CorrectionPoint:
    """What the applicant reads: the officer's words, or else what the bundle calls the point, and its article."""
    if declared is None:
        return CorrectionPoint(code="free", field_or_material=point.about, text=point.text or "")
    said = point.text or declared.title.zh
    resting_on = f"（依据：{declared.article}）" if declared.article else ""
    return CorrectionPoint(code=declared.id, field_or_material=declared.about or "", text=f"{said}{resting_on}")


def _not_declared(field: str) -> Fault:
    return Fault(
        field=field,
        code="not-declared",
        reason=Text(zh="该事项没有规定这一项。", en="The item declares nothing of this id."),
        fix=Text(zh="请从页面所列各项中选择。", en="Take one of those that the item lists."),
    )


async def until_on_record(services: GatewayServices, case_no: str, item: str, act_id: str) -> None:
    """Returns once the record holds the act, or soon: the case itself has taken it already."""
    until = time.monotonic() + _ON_RECORD_SECONDS
    while time.monotonic() < until:
        records = await services.store.read(case_no)
        if fold(event_from_json(record.data) for record in records).items[item].counted(act_id):
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
