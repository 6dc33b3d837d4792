"""The pages of the workbench: they work by keyboard, on a narrow screen, without JavaScript, and on paper."""

from collections.abc import Sequence
from uuid import uuid4

from fastapi import Request, Response

from gateway.pages import rendered
from gateway.services import GatewayServices
from gateway.workbench.act_forms import FREE_POINTS
from gateway.workbench.desk import Desk, DeskItem
from gateway.workbench.inbox import InboxFilter, InboxPage
from gateway.workbench.item import DeskItemView
from gateway.workbench.reports import DeskReport, ReportsPage, ReportView
from gateway.workbench.signature_list import DocumentsToSign
from gateway.workbench.signatures import DeskSignature, DeskSignatureView
from one_things.case import ItemStatus
from one_things.events import Responsible, ReturnReason
from one_things.inbox import InboxState
from one_things.money import yuan_of
from one_things.text import Text


def desks_page(request: Request, services: GatewayServices, departments: Sequence[str]) -> Response:
    """Which desk to work at."""
    titles = {code: department_title(services, code) for code in departments}
    return rendered(request, "workbench_desks.html", desks=titles)


def inbox_as_page(
    request: Request, services: GatewayServices, desk: Desk, found: InboxPage, wanted: InboxFilter
) -> Response:
    """The inbox of a department."""
    return rendered(
        request,
        "workbench_inbox.html",
        found=found,
        wanted=wanted,
        states=InboxState,
        title=department_title(services, desk.department),
        officer=desk.officer.subject,
    )


def item_page(request: Request, seen: DeskItem, view: DeskItemView) -> Response:
    """One item with all that can be done with it. Each form has an id of its own: a double click counts once."""
    item = seen.item
    before_acceptance = item.status is ItemStatus.RECEIVED and item.accepted_from is None
    return rendered(
        request,
        "workbench_item.html",
        view=view,
        yuan=yuan_of,
        act_id=lambda: uuid4().hex,
        supervises=seen.desk.supervises,
        officer=seen.desk.officer.subject,
        before_acceptance=before_acceptance,
        under_review=item.status is ItemStatus.ACCEPTED,
        on_notice=item.status is ItemStatus.NOTICE,
        corrections=before_acceptance or item.status is ItemStatus.ACCEPTED,
        return_reasons=ReturnReason,
        responsibles=Responsible,
        free_points=range(1, FREE_POINTS + 1),
        atomic=seen.planned.atomic,
        notice=seen.planned.notice is not None,
    )


def signatures_as_page(request: Request, services: GatewayServices, desk: Desk, found: DocumentsToSign) -> Response:
    """The documents that a department is to sign."""
    title = department_title(services, desk.department)
    return rendered(request, "workbench_signatures.html", found=found, title=title, officer=desk.officer.subject)


def signature_page(request: Request, seen: DeskSignature, view: DeskSignatureView) -> Response:
    """One document, with all that can be done with it."""
    return rendered(
        request,
        "workbench_signature.html",
        view=view,
        here=seen.location,
        act_id=lambda: uuid4().hex,
        supervises=seen.desk.supervises,
    )


def reports_as_page(
    request: Request, services: GatewayServices, desk: Desk, found: ReportsPage, *, unread: bool, cursor: str | None
) -> Response:
    """The reports that a department was given."""
    title = department_title(services, desk.department)
    return rendered(request, "workbench_reports.html", found=found, title=title, unread=unread, cursor=cursor)


def report_page(request: Request, seen: DeskReport, view: ReportView) -> Response:
    """One report, and whether it was read."""
    return rendered(request, "workbench_report.html", view=view, here=seen.location)


def department_title(services: GatewayServices, code: str) -> Text:
    """What the bundles in force call the department; its code where none names it."""
    for offered in services.catalogue:
        for department in offered.bundle.departments:
            if department.id == code:
                return department.title
    return Text(zh=code, en=code)
