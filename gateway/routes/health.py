"""Whether this process lives, and whether requests had better come to it; for those who run it, without a token."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response

from event_store.errors import StoreUnavailable
from gateway.access import Services
from gateway.services import GatewayServices
from one_things.model import Record

router = APIRouter(tags=["running it"])
_PATIENCE = 2.0  # seconds
Standing = Literal["ok", "away"]


class Health(Record):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Record):
    """Whether requests can be served, and which part is away.

    The record decides. Without the orchestrator applications are taken and begin later, pages, lists and live views
    go on, and what only a running case can answer says 503 by itself: to send nobody here would help nobody.
    """

    ready: bool
    record: Standing
    orchestrator: Standing
    departments: Literal["ok", "stale"]
    """Stale: the file of departments was changed and cannot be used; what it said before is in force."""


@router.get("/health")
async def health() -> Health:
    """Says that the process answers; asks nobody else."""
    return Health()


@router.get(
    "/ready", response_model=Readiness, responses={503: {"model": Readiness, "description": "The record is away."}}
)
async def ready(services: Services, response: Response) -> Readiness:
    """For load balancers and operators: asks the record, which decides, and the orchestrator."""
    record, orchestrator = await asyncio.gather(_record(services), _orchestrator(services))
    is_ready = record == "ok"
    response.status_code = 200 if is_ready else 503
    departments: Literal["ok", "stale"] = "stale" if services.directory_is_stale() else "ok"
    return Readiness(ready=is_ready, record=record, orchestrator=orchestrator, departments=departments)


async def _record(services: GatewayServices) -> Standing:
    try:
        async with asyncio.timeout(_PATIENCE):
            await services.lists.alive()
    except (StoreUnavailable, TimeoutError):
        return "away"
    return "ok"


async def _orchestrator(services: GatewayServices) -> Standing:
    try:
        async with asyncio.timeout(_PATIENCE):
            return "ok" if await services.cases.reachable() else "away"
    except TimeoutError:
        return "away"
