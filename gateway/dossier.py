"""The dossier of a case (办件档案): everything that belongs to it in one archive, for its applicant and for operators.

The record lies in it as it was hashed, with personal data sealed. What is readable beside it depends on who asks: the
applicant finds the application and the reasons in full, an operator masked as on the pages, and nothing of the form.
Asked for twice while nothing happens, it is the same file.
"""

from pydantic import BaseModel, TypeAdapter

from gateway import errors
from gateway.access import is_operator
from gateway.dossier_file import EVENTS, event_lines, pack
from gateway.open_case import SeenCase
from gateway.opened_texts import item_texts
from gateway.receipt_pdf import receipt_pdf
from gateway.receipts import receipt_of
from gateway.services import GatewayServices
from gateway.views.item_view import PointView
from gateway.views.moments import moment_text
from gateway.views.timeline import timeline
from one_things.case import ItemStatus
from one_things.contents import handed_in
from one_things.events import DecidedResult
from one_things.model import Record
from one_things.plan import PlannedMaterial
from one_things.text import Text
from security.suites import suite

_LANGUAGES = ("zh", "en")


class FiledItem(Record):
    """Where an item stands in the dossier: what its department decided, why, and what came of it."""

    id: str
    title: Text
    department: Text
    status: ItemStatus
    attempt: int
    reference: str | None
    code: str | None
    reason: str | None
    article: str | None
    correction_points: tuple[PointView, ...]
    results: tuple[DecidedResult, ...]


_MATERIALS: TypeAdapter[tuple[PlannedMaterial, ...]] = TypeAdapter(tuple[PlannedMaterial, ...])
_ITEMS: TypeAdapter[tuple[FiledItem, ...]] = TypeAdapter(tuple[FiledItem, ...])


async def dossier_of(services: GatewayServices, seen: SeenCase, language: str) -> bytes:
    """The dossier as of the last event that ``seen`` holds, a zip. Raises CaseNotBegun when there is none yet."""
    recorded = await services.store.read(seen.state.case_no, limit=seen.version)
    if seen.version == 0 or not recorded:
        raise errors.CaseNotBegun
    parts = {EVENTS: event_lines(recorded), **_told(seen)}
    parts["decisions.json"] = _ITEMS.dump_json(await _filed(services, seen, language), indent=2)
    parts |= await _receipt(services, seen, language)
    crypto = suite(services.receipt_keys.suite_name)
    return pack(seen.state.case_no, recorded[-1], parts, crypto, services.receipt_keys)


def _told(seen: SeenCase) -> dict[str, bytes]:
    """The timeline in words, the plan, and the materials by their digests."""
    told = timeline(seen.state.plan, seen.history, operator=is_operator(seen.caller))
    lines = {
        f"timeline.{language}.txt": "".join(
            f"{moment_text(entry.at).in_language(language)}  {entry.text.in_language(language)}\n"
            for entry in told.entries
        ).encode()
        for language in _LANGUAGES
    }
    materials = _MATERIALS.dump_json(handed_in(seen.state), indent=2)
    return {"timeline.json": _json(told), "plan.json": _json(seen.state.plan), "materials.json": materials, **lines}


async def _filed(services: GatewayServices, seen: SeenCase, language: str) -> tuple[FiledItem, ...]:
    texts = await item_texts(services, seen, language)
    filed: list[FiledItem] = []
    for planned in seen.state.plan.items:
        item, written = seen.state.item(planned.id), texts.get(planned.id)
        filed.append(
            FiledItem(
                id=planned.id,
                title=planned.title,
                department=seen.state.plan.departments[planned.department],
                status=item.status,
                attempt=item.attempt,
                reference=item.reference,
                code=item.code,
                reason=written.reason if written else None,
                article=item.article,
                correction_points=written.points if written else (),
                results=item.results,
            )
        )
    return tuple(filed)


async def _receipt(services: GatewayServices, seen: SeenCase, language: str) -> dict[str, bytes]:
    """The receipt of hand-in, for the applicant with what was handed in; nothing once the case was erased."""
    try:
        receipt = await receipt_of(services, seen)
    except errors.ReceiptErased:
        return {}
    printed = receipt_pdf(receipt, language, sandbox=services.settings.sandbox)
    return {"receipt/receipt.json": _json(receipt), "receipt/receipt.pdf": printed}


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json(indent=2).encode()
