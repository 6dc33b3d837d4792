"""Correction notices at the door: what may be changed, the answer, an operator's leave for a second one."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from gateway import errors
from gateway.acting import acting_for, closed, require_item, told
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.commands import AnswerCorrection, PermitCorrection
from one_things.correctable import correctable_fields
from one_things.definition import FormField
from one_things.events import Channel
from one_things.faults import Fault
from one_things.form import ValueRefused, normal_value, required_value
from one_things.hand_in import titles_of
from one_things.model import Record
from one_things.plan import HandedIn, Plan
from one_things.text import Text
from security.sealing import CaseKeyErased
from workflows.messages import Receipt


class CorrectionRequest(Record):
    """The answer to a correction notice, all points at once: what changes, by its id. What is not named stays."""

    form: dict[str, JsonValue] = Field(default={}, max_length=300)
    materials: tuple[HandedIn, ...] = Field(default=(), max_length=100)
    """Materials handed in anew; each takes the place of the one before."""
    channel: Channel = Channel.WEB


class PermissionRequest(Record):
    """Why a department may ask for corrections once more."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


async def correct(services: GatewayServices, seen: SeenCase, item: str, request: CorrectionRequest) -> Receipt:
    """Answer a correction notice. Raises InputInvalid with every fault at once, and what the other acts raise."""
    by = acting_for(seen)
    answers = _checked(services, seen, item, request)
    try:
        form = await services.secrets.seal_fields(seen.state.case_no, answers)
    except CaseKeyErased:
        raise closed() from None
    command = AnswerCorrection(
        item=item,
        form=form,
        fields=tuple(answers),
        materials={material.id: material.digest for material in request.materials},
        channel=request.channel,
        by=by,
    )
    return await told(seen, services.cases.answer_correction(seen.state.case_no, command))


async def permit(services: GatewayServices, seen: SeenCase, item: str, request: PermissionRequest) -> Receipt:
    """An operator lets the item's department ask once more. The caller has been checked to be one."""
    require_item(seen, item)
    try:
        reason = await services.secrets.seal_text(seen.state.case_no, request.reason)
    except CaseKeyErased:
        raise closed() from None
    command = PermitCorrection(item=item, operator=seen.caller.subject, reason=reason)
    return await told(seen, services.cases.permit_correction(seen.state.case_no, command))


def fields_to_correct(services: GatewayServices, seen: SeenCase, item: str) -> dict[str, FormField]:
    """The fields of an item that its applicant may change now, by their ids. Raises ItemNotFound.

    Which they are is read from the case. Only their types are not in it: they are those of the version it was made
    from; where that is not known any more, a field is a text.
    """
    require_item(seen, item)
    plan, asks = seen.state.plan, seen.state.item(item).asks
    offered = services.catalogue.exact(plan.bundle, plan.version)
    declared = {field.id: field for field in offered.bundle.fields} if offered else {}
    return {
        name: declared.get(name) or FormField(id=name, title=Text(zh=name, en=name))
        for name in correctable_fields(plan, item)
        if asks is None or name in asks
    }


def materials_to_correct(seen: SeenCase, item: str) -> dict[str, Text]:
    """The materials of an item that may be handed in anew now: id → title. Raises ItemNotFound."""
    require_item(seen, item)
    plan, asks = seen.state.plan, seen.state.item(item).asks
    titles = titles_of(plan)
    return {
        name: titles[name] for name in plan.item(item).materials if name in titles and (asks is None or name in asks)
    }


def _checked(services: GatewayServices, seen: SeenCase, item: str, request: CorrectionRequest) -> dict[str, JsonValue]:
    """The answer in its normal form. Raises InputInvalid for what may not be changed or is missing."""
    fields = fields_to_correct(services, seen, item)
    materials = materials_to_correct(seen, item)
    faults: list[Fault] = []
    answers: dict[str, JsonValue] = {}
    for name, value in request.form.items():
        field = fields.get(name)
        if field is None:
            faults.append(_not_to_be_changed(seen.state.plan, item, name))
            continue
        try:
            answers[name] = required_value(field, value) if field.required else normal_value(field, value)
        except ValueRefused as refused:
            faults.append(refused.fault)
    given = [material.id for material in request.materials]
    faults.extend(_material_faults(seen.state.plan, item, given, materials))
    if seen.state.item(item).asks is not None:
        faults.extend(_unanswered(fields, request.form, materials, given))
    if faults:
        raise errors.InputInvalid(faults=tuple(faults))
    return answers


def _material_faults(plan: Plan, item: str, given: list[str], materials: Mapping[str, Text]) -> Iterator[Fault]:
    for name in dict.fromkeys(given):
        if name not in materials:
            known = name in plan.item(item).materials
            yield _not_asked(f"materials.{name}") if known else _not_needed(f"materials.{name[:80]}", "material")
        if given.count(name) > 1:
            yield Fault(
                field=f"materials.{name[:80]}",
                code="material-twice",
                reason=Text(zh="同一材料提交了两次。", en="The same material was handed in twice."),
                fix=Text(zh="请只保留一份。", en="Keep one of them."),
            )


def _unanswered(
    fields: Mapping[str, FormField], form: Mapping[str, JsonValue], materials: Mapping[str, Text], given: list[str]
) -> Iterator[Fault]:
    """What the notice names and the answer leaves out: all points are answered at once."""
    missing = {f"form.{name}": field.title for name, field in fields.items() if name not in form}
    missing |= {f"materials.{name}": title for name, title in materials.items() if name not in given}
    for place, title in missing.items():
        yield Fault(
            field=place,
            code="point-unanswered",
            reason=Text(zh=f"补正通知要求补正：{title.zh}。", en=f"The notice asks for it: {title.en}."),
            fix=Text(
                zh="请一并补正；如原内容无误，请照原样再次提交。",
                en="Answer all at once; what was right is given again as it was.",
            ),
        )


def _not_to_be_changed(plan: Plan, item: str, name: str) -> Fault:
    if name in {lookup.by for lookup in plan.lookups}:
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
    if name in plan.reckoned_from:
        return _reckoned_from(name)
    if name in correctable_fields(plan, item):
        return _not_asked(f"form.{name}")
    # The name is shortened: it may be a slip of the pen, and the answer must not grow with nonsense.
    return _not_needed(f"form.{name[:80]}", "field")


def _reckoned_from(name: str) -> Fault:
    return Fault(
        field=f"form.{name}",
        code="field-reckoned-from",
        reason=Text(
            zh="是否符合条件、各方身份或金额已按此项确定，不能在补正中更改。",
            en="Eligibility, who takes part or an amount was settled by this: a correction cannot change it.",
        ),
        fix=Text(
            zh="请删去该项；如该项有误，请撤回后重新申请。",
            en="Leave it out; if it is wrong, take the application back and apply anew.",
        ),
    )


def _not_asked(place: str) -> Fault:
    return Fault(
        field=place,
        code="not-asked",
        reason=Text(zh="补正通知没有要求补正此项。", en="The correction notice does not ask for this."),
        fix=Text(zh="请删去该项：原内容保持不变。", en="Leave it out: what was right stays as it is."),
    )


def _not_needed(place: str, kind: str) -> Fault:
    return Fault(
        field=place,
        code=f"{kind}-not-needed",
        reason=Text(zh="该事项不需要此项。", en="The item does not need this."),
        fix=Text(zh="请删去该项。", en="Leave it out."),
    )
