"""A case shown to one caller: its view with the texts that this caller may read."""

from datetime import UTC, datetime, timedelta

from gateway.mandates import mandate_views
from gateway.open_case import SeenCase
from gateway.opened_delivery import papers_of_case
from gateway.opened_sources import source_values
from gateway.opened_texts import item_texts, task_reasons
from gateway.ratings import ratings_of
from gateway.services import GatewayServices
from gateway.views.case_view import CaseView, case_view
from gateway.views.item_view import ItemView, Look
from gateway.views.sources_view import licence_views, source_views
from one_things.clock import shanghai_date

_A_WEEK = timedelta(days=7)
_AT_ITS_OFFICE = {Look.SUBMITTED, Look.RECEIVED, Look.ACCEPTED}


async def shown_case(services: GatewayServices, seen: SeenCase, language: str) -> CaseView:
    """The view of a case for whoever looks at it now."""
    view = case_view(
        seen.state,
        seen.version,
        datetime.now(UTC),
        await item_texts(services, seen, language),
        await task_reasons(services, seen, language),
        await services.known_calendar.current(),
    )
    sources = source_views(seen.state, await source_values(services, seen))
    return view.model_copy(
        update={
            "items": tuple(_as_its_department_is(services, item, view.now) for item in view.items),
            "sources": sources,
            "licences": licence_views(seen.state),
            "mandates": tuple(mandate_views(seen)),
            "papers": await papers_of_case(services, seen, language),
            "ratings": await ratings_of(services, seen, language),
        }
    )


def _as_its_department_is(services: GatewayServices, item: ItemView, now: datetime) -> ItemView:
    return _with_office_days(services, _in_maintenance(services, item, now), now)


def _with_office_days(services: GatewayServices, item: ItemView, now: datetime) -> ItemView:
    if item.status not in _AT_ITS_OFFICE:
        return item
    today = shanghai_date(now)
    until = item.due_on or item.deemed_on or today + _A_WEEK
    return item.model_copy(update={"office": services.office_days(item.department.id).notices(today, until)})


def _in_maintenance(services: GatewayServices, item: ItemView, now: datetime) -> ItemView:
    if item.status is not Look.SUBMITTED or item.unreachable_since is not None:
        return item
    return item.model_copy(update={"maintenance_until": services.maintenance_until(item.department.id, now)})
