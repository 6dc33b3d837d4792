"""What departments wrote about a person, opened for somebody who may read it: the owner in full, operators masked."""

from collections.abc import Callable

from pydantic import TypeAdapter

from gateway.access import is_operator, is_owner
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from gateway.texts import say
from gateway.views.item_view import ItemTexts, PointView
from one_things.case import ItemState, ItemStatus
from one_things.deciding.credit import CREDIT_BARRED
from one_things.deciding.materials import MISSING
from one_things.sealed import Sealed
from security.redaction import redact
from security.sealing import CaseKeyErased
from security.suites import SealBroken

_BY_RULE = {MISSING: "material_missing"}
"""Codes under which the platform itself refuses an item → their text."""
_POINTS: TypeAdapter[tuple[PointView, ...]] = TypeAdapter(tuple[PointView, ...])


async def item_texts(services: GatewayServices, seen: SeenCase, language: str) -> dict[str, ItemTexts]:
    """Item → its opened texts; items without any are left out."""
    shown = _shown_to(seen)
    found: dict[str, ItemTexts] = {}
    for item_id, item in seen.state.items.items():
        check = seen.state.plan.item(item_id).credit_check
        if item.code == CREDIT_BARRED and check is not None:
            found[item_id] = ItemTexts(reason=check.reason.in_language(language))
        elif item.reason is None and item.code in _BY_RULE:
            found[item_id] = ItemTexts(reason=say(f"refused.{_BY_RULE[item.code]}", language))
        elif item.status is ItemStatus.RETURNED and item.returned is not None and item.returned.note is not None:
            note = shown(await _opened(services, seen.state.case_no, item.returned.note, language))
            found[item_id] = ItemTexts(reason=note)
        elif item.reason is not None or item.correction_points is not None or item.extension is not None:
            found[item_id] = await _opened_item(services, seen, item, shown, language)
    return found


async def task_reasons(services: GatewayServices, seen: SeenCase, language: str) -> dict[str, str] | None:
    """Item → why an operator is asked to help; None for everybody who is no operator."""
    if not is_operator(seen.caller):
        return None
    shown = _shown_to(seen)
    return {
        task.item: shown(await _opened(services, seen.state.case_no, task.reason, language))
        for task in seen.state.tasks
        if task.reason is not None
    }


async def opened_for(services: GatewayServices, seen: SeenCase, sealed: Sealed | None, language: str) -> str | None:
    """One sealed text as this caller may read it: the owner in full, operators masked."""
    return None if sealed is None else _shown_to(seen)(await _opened(services, seen.state.case_no, sealed, language))


def _shown_to(seen: SeenCase) -> Callable[[str], str]:
    return str if is_owner(seen.caller, seen.state.owner) else redact


async def _opened_item(
    services: GatewayServices, seen: SeenCase, item: ItemState, shown: Callable[[str], str], language: str
) -> ItemTexts:
    async def opened(sealed: Sealed | None) -> str | None:
        if sealed is None:
            return None
        return shown(await _opened(services, seen.state.case_no, sealed, language))

    points: tuple[PointView, ...] = ()
    if item.correction_points is not None:
        listed = await _opened(services, seen.state.case_no, item.correction_points, language)
        try:
            points = _POINTS.validate_json(listed)
        except ValueError:
            points = (PointView(code="", field_or_material="", text=listed),)
    return ItemTexts(
        reason=await opened(item.reason),
        points=tuple(point.model_copy(update={"text": shown(point.text)}) for point in points),
        extension_reason=await opened(item.extension.reason if item.extension else None),
        extension_approver=await opened(item.extension.approver if item.extension else None),
    )


async def _opened(services: GatewayServices, case_no: str, sealed: Sealed, language: str) -> str:
    try:
        return await services.secrets.open_text(case_no, sealed)
    except (CaseKeyErased, SealBroken):
        return say("case.erased", language)
