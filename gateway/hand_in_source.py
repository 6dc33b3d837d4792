"""What an applicant hands in in place of a source of shared data that is down."""

from collections.abc import Iterator, Mapping

from pydantic import Field, JsonValue

from gateway import errors
from gateway.acting import acting_for, closed, told
from gateway.declared import declared_field, declared_material
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.commands import HandInInstead
from one_things.definition import FormField
from one_things.events import Channel
from one_things.faults import Fault
from one_things.form import ValueRefused, required_value
from one_things.model import Record
from one_things.plan import HandedIn, Lookup, Plan, PlannedMaterial
from one_things.requirements import material_replaced_by
from one_things.text import Text
from security.sealing import CaseKeyErased
from workflows.messages import Receipt


class HandInInsteadRequest(Record):
    """All that the source would have said: its fields, and the materials that it would have replaced."""

    form: dict[str, JsonValue] = Field(default={}, max_length=100)
    materials: tuple[HandedIn, ...] = Field(default=(), max_length=100)
    channel: Channel = Channel.WEB


class Replaceable(Record):
    """What stands in for a source that is down."""

    lookup: Lookup
    fields: tuple[FormField, ...]
    materials: tuple[PlannedMaterial, ...]
    """Without a digest yet: those that the source would have replaced."""


async def hand_in_instead(
    services: GatewayServices, seen: SeenCase, lookup: str, request: HandInInsteadRequest
) -> Receipt:
    """Hand in what a source that is down would have said.

    Raises SourceNotFound, InputInvalid with every fault at once, and what the other acts raise.
    """
    by = acting_for(seen)
    wanted = replaceable(services, seen.state.plan, lookup)
    fields, materials = _checked(wanted, request)
    case_no = seen.state.case_no
    try:
        sealed = await services.secrets.seal_fields(case_no, fields)
        said = await services.secrets.commit_fields(case_no, fields, f"shared-data {lookup}")
    except CaseKeyErased:
        raise closed() from None
    command = HandInInstead(
        lookup=lookup, form=sealed, digest=said.digest, materials=materials, channel=request.channel, by=by
    )
    return await told(seen, services.cases.hand_in_instead(case_no, command))


def replaceable(services: GatewayServices, plan: Plan, lookup_id: str) -> Replaceable:
    """The fields and materials that this look-up provides. Raises SourceNotFound."""
    lookup = next((one for one in plan.lookups if one.id == lookup_id), None)
    if lookup is None:
        raise errors.SourceNotFound
    materials = {name: material_replaced_by(name) for name in lookup.fields}
    return Replaceable(
        lookup=lookup,
        fields=tuple(declared_field(services, plan, name) for name, material in materials.items() if material is None),
        materials=tuple(
            PlannedMaterial(id=name, title=declared_material(services, plan, name), digest="")
            for name in materials.values()
            if name is not None
        ),
    )


def _checked(
    wanted: Replaceable, request: HandInInsteadRequest
) -> tuple[dict[str, JsonValue], tuple[PlannedMaterial, ...]]:
    """Fields in their normal form, and the materials. Raises InputInvalid."""
    known = {field.id: field for field in wanted.fields}
    faults: list[Fault] = []
    fields: dict[str, JsonValue] = {}
    for name, field in known.items():
        try:
            fields[name] = required_value(field, request.form.get(name))
        except ValueRefused as refused:
            faults.append(refused.fault)
    faults.extend(_not_needed(f"form.{name[:80]}") for name in request.form if name not in known)
    given = {material.id: material.digest for material in request.materials}
    faults.extend(_material_faults(wanted, given))
    if faults:
        raise errors.InputInvalid(faults=tuple(faults))
    handed = (material.model_copy(update={"digest": given[material.id]}) for material in wanted.materials)
    return fields, tuple(handed)


def _material_faults(wanted: Replaceable, given: Mapping[str, str]) -> Iterator[Fault]:
    known = {material.id: material.title for material in wanted.materials}
    for name, title in known.items():
        if name not in given:
            yield Fault(
                field=f"materials.{name}",
                code="material-missing",
                reason=Text(zh=f"缺少材料：{title.zh}。", en=f"Missing material: {title.en}."),
                fix=Text(zh="请补充该材料。", en="Hand it in."),
            )
    yield from (_not_needed(f"materials.{name[:80]}") for name in given if name not in known)


def _not_needed(place: str) -> Fault:
    return Fault(
        field=place,
        code="not-needed",
        reason=Text(zh="这个数据来源不提供此项。", en="This is not what the source provides."),
        fix=Text(zh="请删去该项。", en="Leave it out."),
    )
