"""What the bundle of a running case declares beyond its plan: types and titles of form fields."""

from gateway.services import GatewayServices
from one_things.definition import FormField
from one_things.plan import Plan
from one_things.text import Text


def declared_field(services: GatewayServices, plan: Plan, name: str) -> FormField:
    """The field of this id; one that no bundle in force declares any more is a text under its id."""
    offered = services.catalogue.exact(plan.bundle, plan.version)
    declared = {field.id: field for field in offered.bundle.fields} if offered else {}
    return declared.get(name) or FormField(id=name, title=Text(zh=name, en=name))


def declared_material(services: GatewayServices, plan: Plan, name: str) -> Text:
    """The title of the material of this id."""
    offered = services.catalogue.exact(plan.bundle, plan.version)
    declared = {material.id: material.title for material in offered.bundle.materials} if offered else {}
    return declared.get(name) or Text(zh=name, en=name)
