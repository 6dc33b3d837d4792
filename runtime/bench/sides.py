"""The two sides as the load sees them: hand an application in over HTTP, wait for the end of its workflow."""

from __future__ import annotations

import uuid
from typing import Any, Protocol

import httpx
from temporalio.client import Client

from adapters.lanes import LaneTransport
from runtime.bench.stand import Stand
from runtime.embedded.city import City

_CONNECTIONS = 64
_PATIENCE = 60.0  # seconds


class Side(Protocol):
    """One of the two."""

    @property
    def name(self) -> str: ...

    async def apply(self) -> str:
        """Hand in one application; its workflow's id."""

    async def until_ended(self, workflow_id: str) -> None:
        """Wait until that workflow has ended. Raises WorkflowFailureError when it failed."""


def http_client(connections: int = _CONNECTIONS) -> httpx.AsyncClient:
    """The load's own connections: the same kind for both sides."""
    return httpx.AsyncClient(transport=LaneTransport(connections, _PATIENCE), timeout=_PATIENCE, trust_env=False)


class Reached(Protocol):
    """A city of ours, and what is applied for there."""

    @property
    def city(self) -> City: ...

    @property
    def ours(self) -> Client: ...

    @property
    def application(self) -> bytes: ...

    @property
    def token(self) -> str: ...


class Ours:
    """The product: `POST /cases` at the gateway."""

    name = "ours"

    def __init__(self, stand: Reached, client: httpx.AsyncClient) -> None:
        self._client = client
        self._url = f"{stand.city.urls['gateway']}/cases"
        self._temporal = stand.ours
        self._body = stand.application
        self._headers = {"Authorization": f"Bearer {stand.token}", "Content-Type": "application/json"}

    async def apply(self) -> str:
        headers = {**self._headers, "Idempotency-Key": f"bench-{uuid.uuid4()}"}
        answer = await self._client.post(self._url, content=self._body, headers=headers)
        answer.raise_for_status()
        return str(answer.json()["case_no"])

    async def until_ended(self, workflow_id: str) -> None:
        await _result(self._temporal, workflow_id)


class Bare:
    """The bare workflow: `POST /cases` at the bare gateway."""

    name = "bare"

    def __init__(self, stand: Stand, client: httpx.AsyncClient) -> None:
        self._client = client
        self._url = f"{stand.bare_url}/cases"
        self._temporal = stand.bare
        self._form: dict[str, Any] = stand.form

    async def apply(self) -> str:
        case_no = f"bare-{uuid.uuid4()}"
        answer = await self._client.post(self._url, json={"case_no": case_no, "form": self._form})
        answer.raise_for_status()
        return case_no

    async def until_ended(self, workflow_id: str) -> None:
        await _result(self._temporal, workflow_id)


async def _result(client: Client, workflow_id: str) -> None:
    outcome = await client.get_workflow_handle(workflow_id, result_type=str).result()
    if outcome != "completed":
        raise RuntimeError(f"{workflow_id} ended as {outcome}")
