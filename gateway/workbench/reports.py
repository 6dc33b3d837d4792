"""Reports of promises to a supervising department without a system (审管衔接): the list, one, and who read it."""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from fastapi import Depends
from pydantic import StringConstraints

from event_store.workbench import AboutItem, Acknowledged, ReportQuery, ReportRow
from gateway import errors
from gateway.access import Services
from gateway.open_case import check_case_number
from gateway.services import GatewayServices
from gateway.texts import text
from gateway.views.moments import moment_text
from gateway.workbench.act_models import ActReceipt
from gateway.workbench.cursors import cursor_of, place_of
from gateway.workbench.desk import Desk, DeskNow, DeskView, head_of
from gateway.workbench.item import FieldView, OfficerActView, officer_acts, shown_fields
from one_things.case import CaseState
from one_things.events import CommitmentReported, event_from_json
from one_things.evolving import fold
from one_things.inbox import report_place
from one_things.model import Record
from one_things.plan import PlannedCommitment, PlannedItem
from one_things.preparing import known_facts
from one_things.promises import commitment_of
from one_things.text import Text, Word
from security.sealing import CaseKeyErased
from security.suites import SealBroken


class Acknowledgement(Record):
    """The report was read; ``verdict`` is what it said, so that nobody acknowledges what they have not seen."""

    verdict: Annotated[Word, StringConstraints(min_length=1)]


class ReportInList(Record):
    """A report in the list."""

    case_no: str
    item: str
    material: str
    title: Text
    """Of the item that the promise went with."""
    bundle_title: Text
    verdict: str
    verdict_text: Text
    at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    location: str


class ReportsPage(Record):
    """A page, newest first. ``next`` is the cursor of the page after it; None on the last."""

    department: str
    reports: tuple[ReportInList, ...]
    next: str | None = None


class ReportView(DeskView):
    """What became of an item that a promise went with, as its supervising department reads it."""

    item_title: Text
    material: str
    material_title: Text
    promise: Text
    """In the words that were promised."""
    verdict: Literal["approved", "refused", "withdrawn"]
    verdict_text: Text
    at: datetime
    fields: tuple[FieldView, ...]
    """Those that the item was submitted with."""
    erased: bool
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    officers: tuple[OfficerActView, ...]


class DeskReport(NamedTuple):
    """What the department was told last about a promise and an item that it went with."""

    desk: Desk
    state: CaseState
    planned: PlannedItem
    commitment: PlannedCommitment
    told: CommitmentReported

    @property
    def about(self) -> AboutItem:
        """For what is written down."""
        place = report_place(self.planned.id, self.commitment.material)
        return AboutItem(self.desk.department, self.state.case_no, place, self.desk.officer.subject)

    @property
    def location(self) -> str:
        """Its path."""
        return report_location(self.desk.department, self.state.case_no, self.planned.id, self.commitment.material)


async def desk_report(services: Services, desk: DeskNow, case_no: str, item: str, material: str) -> DeskReport:
    """The report. Raises CaseNotFound where this department was told of no such promise."""
    check_case_number(case_no)
    events = [event_from_json(record.data) for record in await services.store.read(case_no)]
    told = [
        event
        for event in events
        if isinstance(event, CommitmentReported)
        and (event.department, event.item, event.material) == (desk.department, item, material)
    ]
    if not told:
        raise errors.CaseNotFound
    state = fold(events)
    return DeskReport(desk, state, state.plan.item(item), commitment_of(state.plan, material), told[-1])


DeskReportNow = Annotated[DeskReport, Depends(desk_report)]


def report_location(department: str, case_no: str, item: str, material: str) -> str:
    """The path of a report on the workbench."""
    return f"/workbench/{department}/reports/{case_no}/{item}/{material}"


async def reports_page(
    services: GatewayServices, desk: Desk, *, unread: bool, cursor: str | None, limit: int
) -> ReportsPage:
    """A page of what this desk was told; with ``unread`` only what nobody has acknowledged.

    Raises CursorInvalid, StoreUnavailable.
    """
    after = place_of(cursor, str, int)
    rows = await services.workbench.reports(
        ReportQuery(department=desk.department, open=unread, after=after, limit=limit)
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return ReportsPage(
        department=desk.department,
        reports=tuple(_shown(row, desk) for row in rows[:limit]),
        next=None if last is None else cursor_of(last.at, last.case_no, last.version),
    )


def _shown(row: ReportRow, desk: Desk) -> ReportInList:
    return ReportInList(
        case_no=row.case_no,
        item=row.item_id,
        material=row.material,
        title=Text.model_validate_json(row.title),
        bundle_title=Text.model_validate_json(row.bundle_title),
        verdict=row.verdict,
        verdict_text=text(f"report.{row.verdict}"),
        at=row.at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        location=report_location(desk.department, row.case_no, row.item_id, row.material),
    )


async def report_view(services: GatewayServices, seen: DeskReport, language: str) -> ReportView:
    """The report in full, for an officer of the supervising department."""
    state, planned = seen.state, seen.planned
    first = await services.workbench.acknowledged(state.case_no, seen.about.item, seen.told.verdict)
    fields, erased = await _fields(services, seen, language)
    return ReportView(
        **head_of(seen.desk, state, planned.id),
        item_title=planned.title,
        material=seen.commitment.material,
        material_title=seen.commitment.title,
        promise=seen.commitment.text,
        verdict=seen.told.verdict,
        verdict_text=text(f"report.{seen.told.verdict}"),
        at=seen.told.at,
        fields=fields,
        erased=erased,
        acknowledged_by=first and first.officer,
        acknowledged_at=first and first.at,
        officers=await officer_acts(services, state.case_no, seen.about.item),
    )


async def acknowledge(services: GatewayServices, seen: DeskReport, said: Acknowledgement) -> ActReceipt:
    """Note who has read the report; the same officer again is a repeat.

    Raises CommandNotPossible "report-changed", and "acknowledged" with who was quicker.
    """
    if said.verdict != seen.told.verdict:
        raise errors.CommandNotPossible(
            "report-changed",
            Text(
                zh="该事项的结果已有变化，请重新阅读。",
                en="Something else became of the item meanwhile: read it again.",
            ),
        )
    earlier = await services.workbench.acknowledged(seen.state.case_no, seen.about.item, said.verdict)
    first = earlier or await services.workbench.acknowledge(seen.about, said.verdict)
    if first.officer != seen.desk.officer.subject:
        raise _acknowledged(first)
    return ActReceipt(outcome="repeat" if earlier is not None else "counted")


def _acknowledged(first: Acknowledged) -> errors.CommandNotPossible:
    at = moment_text(first.at)
    return errors.CommandNotPossible(
        "acknowledged",
        Text(
            zh=f"{first.officer} 已于 {at.zh} 确认收到该结果。",
            en=f"{first.officer} has acknowledged this report already, at {at.en}.",
        ),
    )


async def _fields(services: GatewayServices, seen: DeskReport, language: str) -> tuple[tuple[FieldView, ...], bool]:
    """The fields that the department's own system would be told, in the plan's order; and whether they are erased."""
    state, planned = seen.state, seen.planned
    sealed = (*known_facts(state, planned.lookups), state.form, *state.corrections)
    try:
        known = await services.secrets.open_fields(state.case_no, sealed)
    except (CaseKeyErased, SealBroken):
        return (), True
    return shown_fields(services, state.plan, planned.fields, known, language), False
