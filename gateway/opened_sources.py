"""What shared data says about a person, opened for whoever may read it: masked, since it is shown on a screen."""

from collections.abc import Mapping

from pydantic import JsonValue

from gateway.access import is_owner
from gateway.declared import declared_field, declared_material
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from gateway.texts import text
from gateway.views.sources_view import ValueView
from one_things.definition import FieldType, FormField
from one_things.requirements import material_replaced_by
from one_things.text import Text
from security.redaction import mask_identity_number, mask_name, mask_phone, redact
from security.sealing import CaseKeyErased
from security.suites import SealBroken


async def source_values(services: GatewayServices, seen: SeenCase) -> dict[str, tuple[ValueView, ...]]:
    """Look-up → its fields with their values, as the items go on with them; what was erased is left out."""
    state = seen.state
    shown: dict[str, tuple[ValueView, ...]] = {}
    for lookup in state.plan.lookups:
        handed = state.handed_instead.get(lookup.id)
        sealed = state.facts.get(lookup.id) if handed is None else handed.form
        if sealed is None:
            continue
        try:
            fields = await services.secrets.open_fields(state.case_no, [sealed])
        except (CaseKeyErased, SealBroken):
            continue
        shown[lookup.id] = tuple(_shown(services, seen, name, fields) for name in lookup.fields if name in fields)
    return shown


def _shown(services: GatewayServices, seen: SeenCase, name: str, fields: Mapping[str, JsonValue]) -> ValueView:
    material = material_replaced_by(name)
    if material is not None:
        title = declared_material(services, seen.state.plan, material)
        return ValueView(field=name, title=title, value=None)
    field = declared_field(services, seen.state.plan, name)
    return ValueView(
        field=name, title=field.title, value=_masked(field, fields[name], not is_owner(seen.caller, seen.state.owner))
    )


def _masked(field: FormField, value: JsonValue, hide_names: bool) -> str:
    """Numbers of persons are masked for everybody, texts that may be names for all but the applicant."""
    if isinstance(value, bool):
        said: Text = text("source.answer_yes" if value else "source.answer_no")
        return f"{said.zh} / {said.en}"
    shown = str(value)
    match field.type:
        case FieldType.IDENTITY_NUMBER:
            return mask_identity_number(shown)
        case FieldType.PHONE:
            return mask_phone(shown)
        case FieldType.TEXT if hide_names:
            return mask_name(shown)
    return redact(shown)
