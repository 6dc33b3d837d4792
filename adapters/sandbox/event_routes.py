"""A simulated department tells the gateway of an event that begins a case (免申即办), signed with its own key."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from fastapi import APIRouter, HTTPException
from pydantic import Field, HttpUrl, JsonValue

from adapters.lanes import tls
from adapters.sandbox.callbacks import Sign
from one_things.model import Record

_CLOUD_EVENT = "application/cloudevents+json"
_SECONDS = 15.0


class EventByHand(Record):
    """An event as the department's own system would send it."""

    gateway: HttpUrl
    """Where the gateway answers, such as ``http://127.0.0.1:8080``."""
    type: str
    data: dict[str, JsonValue]
    id: str = Field(default_factory=lambda: uuid4().hex)
    """The same id again is a repeat."""


class EventAnswered(Record):
    """What the gateway answered."""

    id: str
    status: int
    answer: str


def event_routes(signers: Mapping[str, Sign]) -> APIRouter:
    """The routes under `/control` that let a department send an event."""
    router = APIRouter()

    @router.post("/departments/{department}/events")
    async def send_event(department: str, event: EventByHand) -> EventAnswered:
        """Send the event once, now; the answer is the gateway's."""
        if department not in signers:
            raise HTTPException(404, f"the sandbox has no department {department!r}")
        url = f"{str(event.gateway).rstrip('/')}/departments/{department}/events"
        headers = {"Content-Type": _CLOUD_EVENT, "X-Sandbox": "simulation"}
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False, verify=tls()) as client:
            request = client.build_request("POST", url, json=_envelope(department, event), headers=headers)
            request.headers.update(signers[department]("POST", url, headers, request.content))
            try:
                answer = await client.send(request)
            except httpx.HTTPError as error:
                raise HTTPException(502, f"the gateway did not answer: {type(error).__name__}") from None
        return EventAnswered(id=event.id, status=answer.status_code, answer=answer.text)

    return router


def _envelope(department: str, event: EventByHand) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/sandbox/{department}",
        "type": event.type,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": event.data,
    }
