"""The one extension of a limit with four eyes: an officer asks, another one who supervises approves (行政许可法 42)."""

from event_store.workbench import AskedExtension
from gateway import department_acts, errors
from gateway.at_the_door import sealed_text
from gateway.decisions import DecisionOutcome
from gateway.services import GatewayServices
from gateway.workbench.act_models import ActReceipt, AnswerExtension, AskForExtension
from gateway.workbench.desk import DeskItem
from one_things.case import ItemStatus
from one_things.department_bodies import Extended
from one_things.text import Text


async def ask_for_extension(services: GatewayServices, seen: DeskItem, said: AskForExtension) -> ActReceipt:
    """Note the request; nothing happens to the case. Raises CommandNotPossible when it could not be granted."""
    days = _days(seen, said)
    reason = await sealed_text(services, seen.state.case_no, said.reason)
    counts = await services.workbench.ask_extension(seen.about, said.attempt, said.act_id, days, reason)
    if counts.act_id != said.act_id and counts.approved is None:
        raise errors.CommandNotPossible(
            "extension-asked", Text(zh="已有延期申请待批准。", en="An extension is waiting for approval already.")
        )
    return ActReceipt(outcome="counted")


async def answer_extension(services: GatewayServices, seen: DeskItem, said: AnswerExtension) -> ActReceipt:
    """Approve, which extends the limit, or decline. Raises NotAllowed, CommandNotPossible."""
    if not seen.desk.supervises:
        raise errors.NotAllowed(
            Text(zh="仅部门负责人可以批准延期。", en="Only a supervisor of the department may approve it.")
        )
    asked = await services.workbench.extension(seen.state.case_no, seen.planned.id)
    if asked is None or asked.act_id != said.request or asked.attempt != said.attempt:
        raise errors.CommandNotPossible(
            "no-request", Text(zh="没有这一延期申请。", en="Nobody has asked for this extension.")
        )
    if asked.asked_by == seen.desk.officer.subject:
        raise errors.CommandNotPossible(
            "four-eyes", Text(zh="不能批准本人提出的申请。", en="Nobody approves what they have asked for themselves.")
        )
    if asked.approved is not None and asked.approved != said.approved:
        raise errors.CommandNotPossible(
            "answered-already", Text(zh="该申请已有答复。", en="The request was answered already.")
        )
    outcome = await _extended(services, seen, asked) if said.approved else _counted_or_not(asked)
    await services.workbench.answer_extension(seen.about, asked.act_id, approved=said.approved)
    return ActReceipt(outcome=outcome.value)


async def _extended(services: GatewayServices, seen: DeskItem, asked: AskedExtension) -> DecisionOutcome:
    # The case first: should this process end here, a repeat finds the limit extended and notes the answer.
    reason = await services.secrets.open_text(seen.state.case_no, asked.reason)
    extended = Extended(
        act="extended",
        act_id=asked.act_id,
        case_no=seen.state.case_no,
        item=seen.planned.id,
        attempt=asked.attempt,
        working_days=asked.working_days,
        approver=seen.desk.officer.subject,
        reason=reason,
    )
    receipt = await department_acts.hand_over(services, seen.desk.department, extended, seen.desk.officer.subject)
    return receipt.outcome


def _counted_or_not(asked: AskedExtension) -> DecisionOutcome:
    return DecisionOutcome.COUNTED if asked.approved is None else DecisionOutcome.REPEAT


def _days(seen: DeskItem, said: AskForExtension) -> int:
    limits = seen.planned.limits
    allowed = limits.extension if limits is not None else None
    if allowed is None:
        raise errors.CommandNotPossible(
            "extension-not-declared", Text(zh="该事项的期限不能延长。", en="The limit of this item cannot be extended.")
        )
    if seen.item.status is not ItemStatus.ACCEPTED or seen.item.attempt != said.attempt:
        raise errors.CommandNotPossible(
            "not-accepted", Text(zh="该事项当前未在审查。", en="The item is not under review now.")
        )
    if seen.item.extension is not None:
        raise errors.CommandNotPossible(
            "extended-already", Text(zh="该事项已延长过一次。", en="The limit was extended once already.")
        )
    days = allowed.working_days if said.working_days is None else said.working_days
    if days > allowed.working_days:
        raise errors.CommandNotPossible(
            "extension-too-long",
            Text(
                zh=f"最多可延长 {allowed.working_days} 个工作日。",
                en=f"It can be extended by at most {allowed.working_days} working days.",
            ),
        )
    return days
