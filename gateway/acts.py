"""What applicants and operators do to a running case, and how a refusal reads at the door."""

from collections.abc import Awaitable, Mapping
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from gateway import errors
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.case import CasePhase
from one_things.commands import AnswerCorrection, Cancel, SettleTask
from one_things.definition import FormField
from one_things.events import Channel
from one_things.faults import CommandRefused, Fault
from one_things.form import ValueRefused, normal_value, required_value
from one_things.model import Record
from one_things.plan import Plan
from one_things.text import Text
from security.sealing import CaseKeyErased
from workflows.handles import CaseNotRunning, OrchestratorUnavailable
from workflows.messages import Receipt


class CancelRequest(Record):
    """Take the application back."""

    channel: Channel = Channel.WEB


class CorrectionRequest(Record):
    """The answer to a correction notice: the fields that change, by their ids; all points at once."""

    form: dict[str, JsonValue] = Field(default={}, max_length=300)
    channel: Channel = Channel.WEB


class SettleRequest(Record):
    """An operator's note on how a task was put right."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


async def cancel(services: GatewayServices, seen: SeenCase, request: CancelRequest) -> Receipt:
    """Take the application back. Raises NotAllowed for anyone but the owner, CommandNotPossible, OutOfService."""
    _require_owner(seen)
    return await _told(seen, services.cases.cancel(seen.state.case_no, Cancel(channel=request.channel)))


async def correct(services: GatewayServices, seen: SeenCase, item: str, request: CorrectionRequest) -> Receipt:
    """Answer a correction notice. Raises InputInvalid with every fault at once, and what ``cancel`` raises."""
    _require_owner(seen)
    answers = _checked(services, seen, item, request.form)
    try:
        form = await services.secrets.seal_fields(seen.state.case_no, answers)
    except CaseKeyErased:
        raise _closed() from None
    command = AnswerCorrection(item=item, form=form, channel=request.channel)
    return await _told(seen, services.cases.answer_correction(seen.state.case_no, command))


async def settle(services: GatewayServices, seen: SeenCase, item: str, request: SettleRequest) -> Receipt:
    """An operator put a task right. The caller has been checked to be one."""
    _require_item(seen, item)
    try:
        note = await services.secrets.seal_text(seen.state.case_no, request.note)
    except CaseKeyErased:
        raise _closed() from None
    command = SettleTask(item=item, operator=seen.caller.subject, note=note)
    return await _told(seen, services.cases.settle_task(seen.state.case_no, command))


def correctable_fields(services: GatewayServices, seen: SeenCase, item: str) -> dict[str, FormField]:
    """The fields of an item that a correction may change, by their ids. Raises ItemNotFound.

    Which they are is read from the case's plan: not those that a department holds, nor those that shared data was
    looked up by. Only their types are not in it; a field that no bundle in force declares any more is a text.
    """
    _require_item(seen, item)
    plan = seen.state.plan
    offered = services.catalogue.get(plan.bundle)
    declared = {field.id: field for field in offered.bundle.fields} if offered else {}
    held = {field for lookup in plan.lookups for field in lookup.fields}
    return {
        name: declared.get(name) or FormField(id=name, title=Text(zh=name, en=name))
        for name in plan.item(item).fields
        if name not in held and name not in _looked_up_by(plan)
    }


def _checked(
    services: GatewayServices, seen: SeenCase, item: str, form: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The answer in its normal form. Raises InputInvalid for fields that cannot be changed, or not to this value."""
    fields = correctable_fields(services, seen, item)
    faults: list[Fault] = []
    answers: dict[str, JsonValue] = {}
    for name, value in form.items():
        field = fields.get(name)
        if field is None:
            fixed = name in _looked_up_by(seen.state.plan)
            faults.append(_fixed(name) if fixed else _not_needed(name))
            continue
        try:
            answers[name] = required_value(field, value) if field.required else normal_value(field, value)
        except ValueRefused as refused:
            faults.append(refused.fault)
    if faults:
        raise errors.InputInvalid(faults=tuple(faults))
    return answers


def _looked_up_by(plan: Plan) -> set[str]:
    return {lookup.by for lookup in plan.lookups}


def _fixed(name: str) -> Fault:
    return Fault(
        field=f"form.{name}",
        code="field-looked-up-by",
        reason=Text(
            zh="部门共享数据已按此项查询，不能在补正中更改。",
            en="Shared data was looked up by this: a correction cannot change it.",
        ),
        fix=Text(
            zh="请删去该项；如该项有误，请撤回后重新申请。",
            en="Leave it out; if it is wrong, take the application back and apply anew.",
        ),
    )


def _not_needed(name: str) -> Fault:
    # The name is shortened: it may be a slip of the pen, and the answer must not grow with nonsense.
    return Fault(
        field=f"form.{name[:80]}",
        code="field-not-needed",
        reason=Text(zh="该事项不需要此项。", en="The item does not need this."),
        fix=Text(zh="请删去该项。", en="Leave it out."),
    )


def _require_owner(seen: SeenCase) -> None:
    if seen.caller.subject != seen.state.owner:
        raise errors.NotAllowed(Text(zh="只有申请人本人可以这样做。", en="Only the applicant may do this."))


def _require_item(seen: SeenCase, item: str) -> None:
    if item not in seen.state.items:
        raise errors.ItemNotFound


async def _told(seen: SeenCase, message: Awaitable[Receipt]) -> Receipt:
    try:
        return await message
    except CommandRefused as refused:
        raise errors.CommandNotPossible(refused.code, refused.reason) from None
    except CaseNotRunning:
        if seen.state.phase is CasePhase.CLOSED:
            raise _closed() from None
        raise errors.OutOfService("orchestrator") from None
    except OrchestratorUnavailable:
        raise errors.OutOfService("orchestrator") from None


def _closed() -> errors.CommandNotPossible:
    return errors.CommandNotPossible("case-closed", Text(zh="该办件已办结。", en="The case is closed."))
