"""The pages of supervision. They renew themselves, by script or without; who prints one has all of it."""

from fastapi import Request, Response

from gateway.pages import rendered
from gateway.services import GatewayServices
from gateway.supervising.composing import Titles
from gateway.supervising.views import DepartmentDetail, HandledCases, Period, Supervised, Which


def list_page(request: Request, seen: Supervised) -> Response:
    """Every department that the reader supervises."""
    return rendered(request, "supervision.html", seen=seen, periods=Period)


def detail_page(request: Request, seen: DepartmentDetail, *, operator: bool) -> Response:
    """One department; operators get from its numbers to the cases."""
    return rendered(request, "supervised.html", seen=seen, periods=Period, operator=operator)


def cases_page(
    request: Request, services: GatewayServices, department: str, which: Which, found: HandledCases
) -> Response:
    """The cases behind a number."""
    title = Titles(services.catalogue).department(department, services.department_cards())
    following = request.url.include_query_params(cursor=found.next) if found.next else None
    return rendered(
        request,
        "supervised_cases.html",
        department=department,
        title=title,
        which=which,
        found=found,
        following=None if following is None else f"{following.path}?{following.query}",
    )
