"""What a case needs from its applicant and from shared data: every field and material once, over all its items."""

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

from one_things.authorising import planned_licences
from one_things.conditions import Answers, Unanswered
from one_things.definition import Bundle, FormField, Item, Material, Party, SharedDataSource
from one_things.eligibility import PREFIX, fields_of
from one_things.plan import Lookup, PlannedLicence
from one_things.planned_limits import limits_of
from one_things.selection import Selection
from one_things.taking_part import fields_of_parties, parties_named

_Declared = TypeVar("_Declared", FormField, Material, Party)


class Requirements(NamedTuple):
    """What the selected items need. The order is that of the bundle's file."""

    fields: tuple[FormField, ...]
    """Fields that the applicant fills in."""
    materials: tuple[Material, ...]
    """Materials that the applicant hands in."""
    lookups: tuple[Lookup, ...]
    """Shared data that is fetched instead of asked for."""
    item_fields: dict[str, tuple[str, ...]]
    """Item → the fields it is submitted with: asked for, fetched, or reckoned (``derived.<id>``)."""
    item_materials: dict[str, tuple[str, ...]]
    """Item → the materials it is submitted with, as far as they are handed in."""
    item_lookups: dict[str, tuple[str, ...]]
    """Item → the look-ups whose answers it is submitted with."""
    parties: tuple[Party, ...]
    """Who takes part."""
    licences: tuple[PlannedLicence, ...]
    """E-licences that are looked up, as authorised, instead of asking for the materials they stand for."""
    item_licences: dict[str, tuple[str, ...]]
    """Item → its materials that an e-licence is to stand for."""
    unanswered: frozenset[str]
    """Situations without an answer on which the requirements depend; what is in doubt is left out."""


def replaced_material_field(material: str) -> str:
    """The field under which a department receives what shared data says in place of a material (免证办)."""
    return f"materials.{material}"


def material_replaced_by(field: str) -> str | None:
    """The material that this field of a look-up stands for; None for a field of the form."""
    prefix = replaced_material_field("")
    return field.removeprefix(prefix) if field.startswith(prefix) else None


def requirements(
    bundle: Bundle, selection: Selection, answers: Answers, authorised: Collection[str] = ()
) -> Requirements:
    """What the selection needs under these answers.

    A material is not asked for when shared data holds it, when an item of the selection produces it, or when it is
    among the ``authorised`` and an e-licence may stand for it.
    """
    needed = _Needed(answers)
    fields = {field.id: field for field in bundle.fields}
    materials = {material.id: material for material in bundle.materials}
    selected = {item.id for item in selection.items}
    item_fields: dict[str, tuple[str, ...]] = {}
    item_materials: dict[str, tuple[str, ...]] = {}
    item_lookups: dict[str, tuple[str, ...]] = {}
    behind: set[str] = set()
    item_licences: dict[str, tuple[str, ...]] = {}
    licences: dict[str, PlannedLicence] = {}
    for item in selection.items:
        derived = [name for name in item.fields if name.startswith(PREFIX)]
        behind.update(*(fields_of(bundle, name) for name in derived))
        used = needed.applying(fields[field] for field in item.fields if field not in derived)
        handed = [
            material
            for material in needed.applying(materials[material] for material in item.materials)
            if material.produced_by not in selected
        ]
        shared = {field.id: field.source for field in used if field.source is not None}
        replaced = {replaced_material_field(m.id): m.held_by for m in handed if m.held_by is not None}
        item_fields[item.id] = (*(field.id for field in used), *derived, *replaced)
        needed.decide_limits(item)
        stand = planned_licences([material for material in handed if material.held_by is None], authorised)
        licences |= {licence.material: licence for licence in stand}
        item_licences[item.id] = tuple(licence.material for licence in stand)
        item_materials[item.id] = tuple(material.id for material in handed if material.held_by is None)
        item_lookups[item.id] = needed.look_up(shared | replaced | _holders(stand, fields))
    asked = {field for used_fields in item_fields.values() for field in used_fields}
    asked.update(lookup.by for lookup in needed.lookups.values())
    asked.update(field.id for field in needed.applying(fields[field] for field in behind))
    named = parties_named(selection.items)
    parties = needed.applying(party for party in bundle.parties if party.id in named)
    of_parties = fields_of_parties(parties, selection.items)
    asked.update(field.id for field in needed.applying(field for field in bundle.fields if field.id in of_parties))
    asked.update(field for licence in licences.values() for field in (licence.by, licence.holder) if field is not None)
    asked.update(item.credit_check.record.by for item in selection.items if item.credit_check is not None)
    handed_in = {material for used in item_materials.values() for material in used} - licences.keys()
    return Requirements(
        fields=tuple(field for field in bundle.fields if field.id in asked and field.source is None),
        materials=tuple(material for material in bundle.materials if material.id in handed_in),
        lookups=tuple(needed.lookups.values()),
        item_fields=item_fields,
        item_materials=item_materials,
        item_lookups=item_lookups,
        parties=tuple(parties),
        licences=tuple(licences.values()),
        item_licences=item_licences,
        unanswered=frozenset(needed.unanswered),
    )


def _holders(licences: Iterable[PlannedLicence], fields: dict[str, FormField]) -> dict[str, SharedDataSource]:
    """The fields that name the holders of licences, as far as a department holds them."""
    named = (fields[licence.holder] for licence in licences if licence.holder is not None)
    return {field.id: field.source for field in named if field.source is not None}


class _Needed:
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._known: dict[str, bool] = {}
        self.unanswered: set[str] = set()
        self.lookups: dict[str, Lookup] = {}

    def applying(self, declared: Iterable[_Declared]) -> list[_Declared]:
        return [thing for thing in declared if thing.when is None or self._applies(thing.when)]

    def _applies(self, condition: str) -> bool:
        if condition not in self._known:
            try:
                self._known[condition] = self._answers.meet(condition)
            except Unanswered as doubt:
                self.unanswered.update(doubt.situations)
                self._known[condition] = False
        return self._known[condition]

    def decide_limits(self, item: Item) -> None:
        try:
            limits_of(item, self._answers)
        except Unanswered as doubt:
            self.unanswered.update(doubt.situations)

    def look_up(self, sources: dict[str, SharedDataSource]) -> tuple[str, ...]:
        used: dict[str, None] = {}
        for field, source in sources.items():
            lookup_id = f"{source.department}.{source.dataset}"
            known = self.lookups.get(lookup_id)
            self.lookups[lookup_id] = Lookup(
                id=lookup_id,
                department=source.department,
                dataset=source.dataset,
                by=source.by,
                fields={**(known.fields if known else {}), field: source.field},
            )
            used[lookup_id] = None
        return tuple(used)
