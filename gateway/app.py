"""The application: routes, problems, headers, and what runs beside them (follower, outbox, collector…)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from gateway import problems
from gateway.api_document import document_of
from gateway.beside import without_end
from gateway.calendar_teller import CalendarTeller
from gateway.collecting import Collector
from gateway.drafts import ExpiredDrafts
from gateway.headers import SecurityHeaders
from gateway.live import LiveRecord
from gateway.pages import error_page, static_files
from gateway.refused_calls import RefusedAtTheDoor
from gateway.routes import (
    applicants,
    apply,
    bundles,
    contents,
    corrections,
    delivery,
    departments,
    desks,
    dossiers,
    hand_in,
    hand_in_source,
    health,
    lists,
    look_ups,
    mandates,
    people,
    precheck,
    proposals,
    ratings,
    receipts,
    refused_calls,
    resting,
    retrying,
    session,
    signing,
    supervision,
    workbench,
)
from gateway.services import GatewayServices
from gateway.starter import Starter
from gateway.state import LifespanState
from gateway.supervising.gauges import DepartmentGauges

TITLE = "One thing: gateway"
VERSION = "1"


def create_app(services: GatewayServices | None) -> FastAPI:
    """The gateway over these services. Without any it only describes itself (``openapi``)."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[LifespanState]:
        if services is None:
            raise RuntimeError("a gateway that serves needs its services")
        live = LiveRecord(services.store, services.settings)
        starter = Starter(services)
        teller = CalendarTeller(services.calendars, services.cases, services.settings.calendar_interval)
        expiring = ExpiredDrafts(services.contents, services.settings.sweep_interval)
        departments = {one.id for offered in services.catalogue for one in offered.bundle.departments}
        refused = RefusedAtTheDoor(services.refused_calls, departments)
        beside = [
            asyncio.create_task(without_end(refused.keep, "write down refused calls")),
            asyncio.create_task(without_end(live.follow, "follow the record")),
            asyncio.create_task(without_end(starter.note_started, "note started cases")),
            asyncio.create_task(without_end(starter.start_leftovers, "start leftovers")),
            asyncio.create_task(without_end(expiring.run, "delete expired drafts")),
            asyncio.create_task(without_end(teller.run, "tell cases of a calendar")),
            asyncio.create_task(without_end(DepartmentGauges(services).run, "gauge departments")),
        ]
        if services.collects_by is not None:
            collector = Collector(services, services.collects_by, live)
            beside.append(asyncio.create_task(without_end(collector.run, "collect decisions")))
        try:
            yield {"services": services, "live": live, "starter": starter, "refused": refused}
        finally:
            live.drop_all()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    app = FastAPI(
        title=TITLE,
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from another host, which our content policy forbids
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app, error_page)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(problems.UnexpectedFaults)
    for room in (
        departments,  # routes are tried one after the other, and decisions are most of what comes
        apply,
        hand_in_source,
        health,
        session,
        people,
        lists,
        look_ups,
        applicants,
        proposals,
        corrections,
        resting,
        receipts,
        dossiers,
        hand_in,
        contents,
        ratings,
        mandates,
        refused_calls,
        signing,
        retrying,
        delivery,
        bundles,
        precheck,
        supervision,
        workbench,
        desks,
    ):
        app.include_router(room.router)
    app.mount("/static", static_files(), name="static")
    app.openapi = lambda: document_of(app)  # type: ignore[method-assign]
    return app
