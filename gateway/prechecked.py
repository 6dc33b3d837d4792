"""What the pre-check tells a person: every fault, what applies, what is asked and fetched, and when it would be done.

Nothing here is started, stored or logged, and nothing of the form comes back.
"""

from collections.abc import Mapping
from datetime import date, datetime

from gateway.prechecked_materials import LaterMaterials, later_materials
from gateway.services import GatewayServices
from gateway.submission import CaseApplication
from gateway.texts import text
from gateway.views.delivery_view import PaperView, paper_views, ways_open
from one_things.clock import shanghai_date
from one_things.definition import Bundle, FormField, ItemKind, Material
from one_things.delivery_choice import DeliveryWay
from one_things.eligibility import DerivedValue
from one_things.faults import Fault
from one_things.model import Record
from one_things.plan import NotChosen, Plan, PlannedItem
from one_things.precheck import ExpectedItem, PreCheck, precheck
from one_things.text import Text


class Named(Record):
    """Something with an id and a title."""

    id: str
    title: Text


class CheckedItem(Record):
    """An item that applies. ``required_by`` and ``reason`` say why it came along although nobody chose it."""

    id: str
    title: Text
    department: Named
    kind: ItemKind
    after: tuple[str, ...]
    required_by: str | None
    reason: Text | None
    begins_on: date
    ends_on: date
    working_days: int | None
    """The committed limit; None for a public notice and for what is done at once."""
    calendar_days: int | None
    """The length of a public notice."""
    provisional: bool
    """The date crosses into a year whose official calendar is not published yet."""


class FetchedData(Record):
    """What a department already holds, so that nobody is asked for it."""

    department: Named
    dataset: str
    fields: tuple[Named, ...]
    """Form fields, and materials that need not be handed in (``materials.<id>``)."""


class ReplaceableMaterial(Record):
    """A material that an e-licence can stand for, if the applicant authorises the look-up (``authorisations``)."""

    id: str
    title: Text
    issuer: Named
    type: str
    authorised: bool
    """It would be looked up, and the material is not asked for."""


class ExpectedEnd(Record):
    """When all would be done, every promise kept. Working days count from the day after hand-in."""

    ends_on: date
    working_days: int
    provisional: bool


class PreCheckAnswer(Record):
    """What an application would meet. Dates follow from the promises alone; no department has looked at anything."""

    bundle: str
    version: str
    title: Text
    accepted: bool
    """It could be handed in as it stands: there is no fault."""
    decided: bool
    """The answers decide which items apply; until they do, ``items`` and ``left_out`` are empty."""
    faults: tuple[Fault, ...]
    items: tuple[CheckedItem, ...]
    left_out: tuple[NotChosen, ...]
    fields: tuple[FormField, ...]
    """The fields that are asked for."""
    materials: tuple[Material, ...]
    """The materials that are asked for."""
    replaceable: tuple[ReplaceableMaterial, ...]
    """Those of them, and those no longer among them, that an e-licence can stand for."""
    fetched: tuple[FetchedData, ...]
    derived: tuple[DerivedValue, ...]
    """What is reckoned from the form, such as a date of retirement, as far as the form is filled in."""
    later: LaterMaterials
    """What is deferred, promised or comes on the way."""
    papers: tuple[PaperView, ...] = ()
    """Results that come on paper, or could: ``delivery`` says how."""
    delivery_ways: tuple[DeliveryWay, ...] = ()
    """The ways that are open to all of them; none where there is no paper."""
    expected: ExpectedEnd | None


def checked(services: GatewayServices, application: CaseApplication, now: datetime) -> PreCheckAnswer:
    """Judge this application without starting anything. Raises BundleNotFound, VersionNotFound."""
    offered = services.catalogue.to_apply_for(application.bundle, application.version, shanghai_date(now))
    found = precheck(
        offered.bundle,
        application,
        digest=offered.digest,
        at=now,
        calendar=services.known_calendar.latest,
    )
    return answer_of(offered.bundle, found, now)


def answer_of(bundle: Bundle, found: PreCheck, now: datetime) -> PreCheckAnswer:
    """The pre-check of this bundle in words and titles."""
    return PreCheckAnswer(
        bundle=bundle.bundle,
        version=bundle.version,
        title=bundle.title,
        accepted=not found.faults,
        decided=found.plan is not None,
        faults=found.faults,
        items=_items(bundle, found),
        left_out=found.plan.not_chosen if found.plan is not None else (),
        fields=found.asked_fields,
        materials=found.asked_materials,
        replaceable=_replaceable(bundle, found),
        fetched=_fetched(bundle, found),
        derived=found.derived,
        later=LaterMaterials() if found.plan is None else later_materials(found.plan, now),
        papers=paper_views(found.plan) if found.plan is not None else (),
        delivery_ways=ways_open(found.plan) if found.plan is not None else (),
        expected=None
        if found.expected is None
        else ExpectedEnd(
            ends_on=found.expected.ends_on,
            working_days=found.expected.working_days,
            provisional=found.expected.provisional,
        ),
    )


def _items(bundle: Bundle, found: PreCheck) -> tuple[CheckedItem, ...]:
    if found.plan is None or found.expected is None:
        return ()
    plan = found.plan
    expected = {item.item: item for item in found.expected.items}
    titles = {item.id: item.title for item in bundle.items}
    return tuple(_item(plan, item, expected[item.id], found.came_along.get(item.id), titles) for item in plan.items)


def _item(
    plan: Plan, item: PlannedItem, expected: ExpectedItem, required_by: str | None, titles: Mapping[str, Text]
) -> CheckedItem:
    reason = text("precheck.came_along", item=titles[required_by]) if required_by is not None else None
    return CheckedItem(
        id=item.id,
        title=item.title,
        department=Named(id=item.department, title=plan.departments[item.department]),
        kind=item.kind,
        after=item.after,
        required_by=required_by,
        reason=reason,
        **expected.model_dump(exclude={"item"}),
    )


def _replaceable(bundle: Bundle, found: PreCheck) -> tuple[ReplaceableMaterial, ...]:
    departments = {department.id: department.title for department in bundle.departments}
    authorised = {licence.material for licence in found.licences}
    concerned = authorised | {material.id for material in found.asked_materials}
    return tuple(
        ReplaceableMaterial(
            id=material.id,
            title=material.title,
            issuer=Named(id=material.licence.department, title=departments[material.licence.department]),
            type=material.licence.type,
            authorised=material.id in authorised,
        )
        for material in bundle.materials
        if material.licence is not None and material.id in concerned
    )


def _fetched(bundle: Bundle, found: PreCheck) -> tuple[FetchedData, ...]:
    departments = {department.id: department.title for department in bundle.departments}
    titles = {field.id: field.title for field in bundle.fields}
    titles |= {f"materials.{material.id}": material.title for material in bundle.materials}
    return tuple(
        FetchedData(
            department=Named(id=lookup.department, title=departments[lookup.department]),
            dataset=lookup.dataset,
            fields=tuple(Named(id=field, title=titles[field]) for field in lookup.fields),
        )
        for lookup in found.fetched
    )
