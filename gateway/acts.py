"""What applicants and operators do to a running case, and how a refusal reads at the door."""

from collections.abc import Awaitable, Mapping
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from gateway import errors
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.case import CasePhase
from one_things.commands import AnswerCorrection, Cancel, SettleTask
from one_things.events import Channel
from one_things.faults import CommandRefused, Fault
from one_things.form import ValueRefused, normal_value
from one_things.model import Record
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
    _require_item(seen, item)
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


def _checked(
    services: GatewayServices, seen: SeenCase, item: str, form: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The answer in its normal form.

    Raises InputInvalid for fields nobody needs, for what a department holds and nobody may overwrite, and for values
    that do not fit.
    """
    needed = set(seen.state.plan.item(item).fields)
    offered = services.catalogue.get(seen.state.plan.bundle)
    declared = {field.id: field for field in offered.bundle.fields} if offered else {}
    faults: list[Fault] = []
    answers: dict[str, JsonValue] = {}
    for name, value in form.items():
        if name not in needed or name not in declared or declared[name].source is not None:
            faults.append(_not_needed(name))
            continue
        try:
            answers[name] = normal_value(declared[name], value)
        except ValueRefused as refused:
            faults.append(refused.fault)
    if faults:
        raise errors.InputInvalid(faults=tuple(faults))
    return answers


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
