"""Where the companies apply: the sandbox is told how to treat them, then each applies over HTTP under its own key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from pydantic import SecretStr

from gateway.routes.applicants import CaseCreated
from runtime.demo.companies import Company
from runtime.demo.faults import DemonstrationFailed

_TRIES: Final = 20
_BETWEEN_TRIES: Final = 1.0  # seconds
_IS_BEING_RESTARTED: Final = frozenset({502, 503, 504})


class KeyTaken(Exception):
    """The key was used for another application, by an earlier version of the demonstration."""


class ApplicationDesk:
    """The gateway and the control of the sandbox, as the demonstration reaches them."""

    def __init__(
        self, client: httpx.AsyncClient, gateway: str, token: str, departments: str, control_token: SecretStr
    ) -> None:
        self._client = client
        self._gateway = gateway
        self._applicant = {"Authorization": f"Bearer {token}"}
        self._departments = departments
        self._control = {"Authorization": f"Bearer {control_token.get_secret_value()}"}

    async def prepare(self, company: Company) -> None:
        """Tell the departments what they hold about the company and how to treat it; again changes nothing."""
        await self._tell("records", company.held_by_registry.model_dump_json())
        if company.scenario is not None:
            await self._tell("scenarios", company.scenario.model_dump_json())

    async def apply(self, company: Company, key: str) -> str:
        """The number of the company's case; the same key gives the same case. Raises KeyTaken, DemonstrationFailed."""
        answer = await self._patiently(
            lambda: self._client.post(
                f"{self._gateway}/cases",
                content=company.application.model_dump_json(),
                headers={**self._applicant, "Idempotency-Key": key, "Content-Type": "application/json"},
            )
        )
        if answer.status_code == httpx.codes.CONFLICT:
            raise KeyTaken(key)
        if answer.is_error:
            raise DemonstrationFailed(f"the application of {company.name} was not taken: {answer.text}")
        return CaseCreated.model_validate_json(answer.content).case_no

    async def _tell(self, path: str, body: str) -> None:
        answer = await self._patiently(
            lambda: self._client.put(
                f"{self._departments}/control/{path}",
                content=body,
                headers={**self._control, "Content-Type": "application/json"},
            )
        )
        if answer.is_error:
            raise DemonstrationFailed(f"the sandbox departments refused to be told: {answer.status_code} {answer.text}")

    async def _patiently(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Everything sent here may be sent again, so a role that is just being restarted is waited for."""
        for _ in range(_TRIES - 1):
            try:
                answer = await send()
                if answer.status_code not in _IS_BEING_RESTARTED:
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(_BETWEEN_TRIES)
        try:
            return await send()
        except httpx.TransportError as error:
            raise DemonstrationFailed(f"the city does not answer: {type(error).__name__}") from None
