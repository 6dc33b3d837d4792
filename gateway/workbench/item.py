"""One item on the workbench: what its department needs to decide it, and nothing else of the case."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from pydantic import JsonValue

from event_store.contents import Held
from gateway.declared import declared_field
from gateway.services import GatewayServices
from gateway.texts import say, text
from gateway.views.clock_view import ClockView, Light, clock_view
from gateway.views.item_view import PointView, ResultView, result_views
from gateway.views.moments import last_day
from gateway.views.timeline import TimelineEntry, entry_of
from gateway.workbench.claims import ClaimView, claim_view
from gateway.workbench.desk import DeskItem, DeskView, head_of
from gateway.workbench.grounds import Grounds, grounds_of
from gateway.workbench.inbox import light_of
from gateway.workbench.opened import correction_points, opened_text
from one_things.case import ItemStatus
from one_things.contents import holds
from one_things.deciding.corrections import may_ask_again
from one_things.definition import FormField
from one_things.escrow import payment_order
from one_things.events import ItemEvent
from one_things.inbox import InboxState, OfficerDid, inbox_of, undo_key
from one_things.model import Record
from one_things.money import PaymentOrder
from one_things.plan import Plan
from one_things.preparing import known_facts, materials_with, standing_licences
from one_things.promises import promises_of
from one_things.text import Text
from security.redaction import Mask, mask
from security.sealing import CaseKeyErased
from security.suites import SealBroken


class FieldView(Record):
    """A field that the item needs."""

    id: str
    title: Text
    value: str
    masked: bool = False


class MaterialView(Record):
    """A material of the item; ``location`` is None where only its digest is known here."""

    id: str
    title: Text
    digest: str
    media_type: str | None = None
    size: int | None = None
    location: str | None = None


class DeferredView(Record):
    """A material that follows by a date."""

    id: str
    title: Text
    due_on: date | None


class LicenceView(Record):
    """An e-licence in place of a material, by its identifier."""

    material: str
    title: Text
    issuer: str
    identifier: str
    digest: str


class PromiseView(Record):
    """A promise in place of a material, in the words that were promised."""

    material: str
    title: Text
    text: Text


class ProcedureView(Record):
    """A special procedure that the bundle declares; ``lasts`` while it goes on."""

    id: str
    title: Text
    working_days: int
    lasts: bool


class ExtensionRequestView(Record):
    """An extension that was asked for; ``approved`` None while it waits for a supervisor."""

    act_id: str
    asked_by: str
    asked_at: datetime
    working_days: int
    reason: str
    answered_by: str | None
    approved: bool | None


class OfficerActView(Record):
    """What an officer did with the item."""

    at: datetime
    officer: str
    act: OfficerDid
    act_text: Text
    about: str | None


class DeskItemView(DeskView):
    """The item as its department's officers see it."""

    title: Text
    attempt: int
    """Say it with each act: what was seen of an older attempt does not count."""
    reference: str | None
    status: ItemStatus
    status_text: Text
    state: InboxState | None
    """What is to be done; None when nothing is."""
    state_text: Text | None
    until: date | None
    provisional: bool
    light: Light | None
    light_text: Text | None
    clock: ClockView | None
    claim: ClaimView
    fields: tuple[FieldView, ...]
    materials: tuple[MaterialView, ...]
    deferred: tuple[DeferredView, ...]
    licences: tuple[LicenceView, ...]
    promises: tuple[PromiseView, ...]
    payment: PaymentOrder | None
    results: tuple[ResultView, ...]
    procedures: tuple[ProcedureView, ...]
    shown: bool
    """Whether it lies with the department: fields and materials are shown as long as it does."""
    grounds: Grounds
    correction_points: tuple[PointView, ...]
    may_ask_for_corrections: bool
    """A second notice needs an operator's leave."""
    extension_days: int | None
    """Working days by which it may still be extended; None when not."""
    extension: ExtensionRequestView | None
    undoing_told: bool
    """An officer has said what became of the undoing; the case will note it within minutes."""
    erased: bool
    history: tuple[TimelineEntry, ...]
    officers: tuple[OfficerActView, ...]


async def desk_item_view(services: GatewayServices, seen: DeskItem, language: str) -> DeskItemView:
    """The item in full, for an officer of its department."""
    state, planned, item = seen.state, seen.planned, seen.item
    now = datetime.now(UTC) + timedelta(seconds=state.seconds_ahead)
    calendar = await services.known_calendar.current()
    entry = inbox_of(state).get(planned.id)
    light = (
        None
        if entry is None
        else light_of(
            entry.state,
            entry.until,
            entry.warn_at,
            now,
            calendar,
            breached=item.breached,
            office=services.office_days(seen.desk.department),
        )
    )
    fields, erased = await _fields(services, seen, language)
    materials = materials_with(state, planned)
    held = {one.digest: one for one in await services.contents.of_case(state.case_no)}
    limits, here = planned.limits, holds(state, planned.id)
    extendable = item.status is ItemStatus.ACCEPTED and item.extension is None and not item.breached
    reason, approver = None, None
    if item.extension is not None:
        reason = await opened_text(services, state.case_no, item.extension.reason, language)
        approver = await opened_text(services, state.case_no, item.extension.approver, language)
    return DeskItemView(
        **head_of(seen.desk, state, planned.id),
        title=planned.title,
        attempt=item.attempt,
        reference=item.reference,
        status=item.status,
        status_text=text(f"status.{item.status.value}"),
        state=entry and entry.state,
        state_text=text(f"inbox.{entry.state.value}") if entry else None,
        until=last_day(entry.until) if entry and entry.until else None,
        provisional=item.provisional,
        light=light,
        light_text=text(f"light.{light.value}") if light else None,
        clock=clock_view(state, planned.id, now, calendar, (reason, approver)),
        claim=claim_view(seen.claim, seen.desk.officer.subject),
        fields=fields,
        materials=tuple(_material(seen, one.id, one.title, one.digest, held) for one in materials if here),
        deferred=_deferred(seen),
        licences=tuple(
            [
                LicenceView(
                    material=licence.material,
                    title=licence.title,
                    issuer=licence.department,
                    identifier=await opened_text(services, state.case_no, known.reference, language),
                    digest=known.digest or "",
                )
                for licence, known in (standing_licences(state, planned) if here else ())
            ]
        ),
        promises=tuple(
            PromiseView(material=one.material, title=one.title, text=one.text) for one in promises_of(state, planned.id)
        ),
        payment=payment_order(state, planned.id),
        results=result_views(planned, item),
        procedures=tuple(
            ProcedureView(
                id=one.id,
                title=one.title,
                working_days=one.working_days,
                lasts=any(run.lasts and run.procedure == one.id for run in item.procedures),
            )
            for one in planned.procedures
        ),
        shown=here,
        grounds=grounds_of(services, state.plan, planned),
        correction_points=await correction_points(services, seen, language),
        may_ask_for_corrections=may_ask_again(state, planned.id),
        extension_days=limits.extension.working_days if limits and limits.extension and extendable else None,
        extension=await _extension(services, seen, language),
        undoing_told=await services.workbench.undoing(undo_key(state.case_no, planned.id, item.attempt)) is not None,
        erased=erased,
        history=tuple(
            entry_of(state.plan, version, event)
            for version, event in seen.history
            if isinstance(event, ItemEvent) and event.item == planned.id
        ),
        officers=await officer_acts(services, state.case_no, planned.id),
    )


async def officer_acts(services: GatewayServices, case_no: str, place: str) -> tuple[OfficerActView, ...]:
    """What officers did with an item, or with what else lies on their desk, the oldest first."""
    return tuple(
        OfficerActView(
            at=one.at,
            officer=one.officer,
            act=one.act,
            act_text=text(f"officer_act.{one.act.value}"),
            about=one.about,
        )
        for one in await services.workbench.log(case_no, place)
    )


async def _fields(services: GatewayServices, seen: DeskItem, language: str) -> tuple[tuple[FieldView, ...], bool]:
    """The fields that the item is submitted with, in the plan's order; and whether they were erased."""
    state, planned = seen.state, seen.planned
    if not holds(state, planned.id):
        return (), False
    sealed = (*known_facts(state, planned.lookups), state.form, *state.corrections)
    try:
        known = await services.secrets.open_fields(state.case_no, sealed)
    except (CaseKeyErased, SealBroken):
        return (), True
    return shown_fields(services, state.plan, planned.fields, known, language), False


def shown_fields(
    services: GatewayServices, plan: Plan, names: Iterable[str], known: Mapping[str, JsonValue], language: str
) -> tuple[FieldView, ...]:
    """Those of these fields that are known, in words, masked where the bundle says so."""
    declared = (declared_field(services, plan, name) for name in names if name in known)
    return tuple(_field(field, known, language) for field in declared)


def _field(field: FormField, known: Mapping[str, JsonValue], language: str) -> FieldView:
    value = known[field.id]
    shown = mask(Mask(field.masked), str(value)) if field.masked else _in_words(field, value, language)
    return FieldView(id=field.id, title=field.title, value=shown, masked=field.masked is not None)


def _in_words(field: FormField, value: JsonValue, language: str) -> str:
    if isinstance(value, bool):
        return say("source.answer_yes" if value else "source.answer_no", language)
    chosen = next((option for option in field.options if option.value == value), None)
    return str(value) if chosen is None else chosen.title.in_language(language)


def _material(seen: DeskItem, name: str, title: Text, digest: str, held: Mapping[str, Held]) -> MaterialView:
    found = held.get(digest)
    here = f"/workbench/{seen.desk.department}/items/{seen.state.case_no}/{seen.planned.id}/contents/{digest}"
    return MaterialView(
        id=name,
        title=title,
        digest=digest,
        media_type=found and found.media_type,
        size=found and found.size,
        location=here if found else None,
    )


def _deferred(seen: DeskItem) -> tuple[DeferredView, ...]:
    state = seen.state
    return tuple(
        DeferredView(
            id=one.id, title=one.title, due_on=state.deferrals[one.id].due_on if one.id in state.deferrals else None
        )
        for one in state.plan.deferred
        if one.id in seen.item.lacks
    )


async def _extension(services: GatewayServices, seen: DeskItem, language: str) -> ExtensionRequestView | None:
    asked = await services.workbench.extension(seen.state.case_no, seen.planned.id)
    if asked is None or asked.attempt != seen.item.attempt:
        return None
    return ExtensionRequestView(
        act_id=asked.act_id,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        working_days=asked.working_days,
        reason=await opened_text(services, seen.state.case_no, asked.reason, language),
        answered_by=asked.answered_by,
        approved=asked.approved,
    )
