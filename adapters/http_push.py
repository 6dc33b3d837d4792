"""A department that takes submissions over HTTP and pushes its decisions back: 200 done, 202 taken, 400 refused.

One try per call: when to try again is the caller's schedule (see `submit_or_ask`). Whatever the network does ends in
an answer of the port, never in an exception. Trace headers (W3C) go along, so that one trace spans both houses.
"""

import asyncio
from typing import Final
from urllib.parse import quote

import httpx
from opentelemetry import propagate
from pydantic import BaseModel, Field, HttpUrl, SecretStr

from adapters.contract_versions import FIRST, HEADER, JSON, headers_of, is_answered_in, written
from adapters.http_answers import (
    read_licence_answer,
    read_lookup_answer,
    read_standing,
    read_submission_answer,
    read_undo_answer,
)
from adapters.lanes import LaneTransport
from adapters.port import (
    LicenceLookup,
    Lookup,
    MaterialReference,
    Outcome,
    Purpose,
    SourceUnavailable,
    Standing,
    Submission,
    UndoOutcome,
    Unknown,
    UnknownCause,
    material_key_of,
)
from adapters.wire_bodies import LookupRequest, SupplyRequest, UndoRequest
from one_things.money import GiveBackOrder

LARGEST_ANSWER_BYTES: Final = 256 * 1024
_MEANINGFUL: Final = frozenset({200, 202, 400, 404})
"""What anything else means does not depend on the version: it is not known."""


class HttpPushSettings(BaseModel, frozen=True):
    """How one such department is reached; time-outs in seconds."""

    endpoint: HttpUrl
    credential: SecretStr
    connect_seconds: float = Field(default=2.0, gt=0)
    read_seconds: float = Field(default=5.0, gt=0)
    contract: int = Field(default=FIRST, ge=FIRST)
    """The version of the contract that the department speaks."""
    connections: int = Field(default=20, ge=1)
    """At most so many calls at once: a department that hangs holds these, and nobody else's."""


class HttpPushDepartment:
    """`DepartmentPort` over HTTP. The client is shared by all calls to this department and closed by who opened it."""

    def __init__(self, code: str, settings: HttpPushSettings, client: httpx.AsyncClient) -> None:
        self._code = code
        self._client = client
        self._endpoint = str(settings.endpoint).rstrip("/")
        self._credential = f"Bearer {settings.credential.get_secret_value()}"
        self._contract = settings.contract
        self._whole_call_seconds = settings.connect_seconds + settings.read_seconds

    @property
    def code(self) -> str:
        return self._code

    async def submit(self, submission: Submission) -> Outcome:
        body, media_type = written(submission, self._contract)
        answer = await self._call("POST", "/submissions", body, submission.key, media_type)
        if isinstance(answer, Unknown):
            return answer
        return read_submission_answer(self._code, *answer)

    async def ask(self, key: str) -> Standing:
        answer = await self._call("GET", f"/submissions/{_in_path(key)}")
        if isinstance(answer, Unknown):
            return answer
        return read_standing(self._code, *answer)

    async def undo(self, key: str, undo_key: str, reason: str, give_back: GiveBackOrder | None = None) -> UndoOutcome:
        request = UndoRequest(reason=reason, give_back=give_back)
        body = request.model_dump_json(exclude_none=True).encode()
        answer = await self._call("POST", f"/submissions/{_in_path(key)}/undo", body, undo_key)
        if isinstance(answer, Unknown):
            return answer
        return read_undo_answer(self._code, *answer)

    async def supply(self, key: str, material: MaterialReference) -> UndoOutcome:
        own_key = material_key_of(key, material.id)
        body = SupplyRequest(materials=(material,)).model_dump_json().encode()
        answer = await self._call("POST", f"/submissions/{_in_path(key)}/materials", body, own_key)
        if isinstance(answer, Unknown):
            return answer
        return read_undo_answer(self._code, *answer)

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Lookup:
        body = LookupRequest(subject=subject, purpose=purpose).model_dump_json().encode()
        answer = await self._call("POST", f"/datasets/{_in_path(dataset)}/lookups", body)
        if isinstance(answer, Unknown):
            return SourceUnavailable(detail=answer.detail, cause=answer.cause)
        return read_lookup_answer(self._code, *answer)

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> LicenceLookup:
        body = LookupRequest(subject=subject, purpose=purpose).model_dump_json().encode()
        answer = await self._call("POST", f"/licences/{_in_path(type)}/lookups", body)
        if isinstance(answer, Unknown):
            return SourceUnavailable(detail=answer.detail, cause=answer.cause)
        return read_licence_answer(self._code, *answer)

    async def _call(
        self, method: str, path: str, body: bytes = b"", key: str | None = None, media_type: str = JSON
    ) -> tuple[int, bytes] | Unknown:
        """Status and body of one call, or why there is none."""
        try:
            # httpx limits each read; the whole call is limited here, or a body that drips in would hold it for ever.
            async with (
                asyncio.timeout(self._whole_call_seconds),
                self._client.stream(
                    method, self._endpoint + path, content=body or None, headers=self._headers(body, key, media_type)
                ) as response,
            ):
                return await self._read_limited(response)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            return self._unknown(UnknownCause.TIMED_OUT, "did not answer in time; whether it arrived is not known")
        except httpx.PoolTimeout:
            return self._unknown(
                UnknownCause.BUSY_HERE,
                "was not called: all our own connections to it are taken, and the call waits its turn",
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return self._unknown(UnknownCause.UNREACHABLE, "cannot be reached")
        except httpx.RequestError:
            return self._unknown(
                UnknownCause.CONNECTION_BROKEN,
                "broke off before its answer was complete; whether it arrived is not known",
            )

    def _headers(self, body: bytes, key: str | None, media_type: str) -> dict[str, str]:
        # Compressed answers are not wanted: a small one could unfold beyond every limit.
        headers = {"Authorization": self._credential, "Accept": "application/json", "Accept-Encoding": "identity"}
        if body:
            headers["Content-Type"] = media_type
        if key is not None:
            headers["Idempotency-Key"] = key
        headers |= headers_of(self._contract)
        propagate.inject(headers)
        return headers

    async def _read_limited(self, response: httpx.Response) -> tuple[int, bytes] | Unknown:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LARGEST_ANSWER_BYTES:
                return self._unknown(
                    UnknownCause.ANSWER_TOO_LARGE,
                    f"answered with more than {LARGEST_ANSWER_BYTES // 1024} KB; whether it arrived is not known",
                )
        stated = response.headers.get(HEADER)
        if response.status_code in _MEANINGFUL and not is_answered_in(self._contract, stated):
            return self._unknown(
                UnknownCause.OTHER_CONTRACT,
                f"answered with status {response.status_code}, but not in version {self._contract} of the contract; "
                "whether it arrived is not known",
            )
        return response.status_code, bytes(body)

    def _unknown(self, cause: UnknownCause, what_happened: str) -> Unknown:
        return Unknown(detail=f"{self._code} {what_happened}", cause=cause)


def open_client(settings: HttpPushSettings) -> httpx.AsyncClient:
    """The client for one department: its own connections, no redirects, no proxy out of the environment."""
    return httpx.AsyncClient(
        transport=LaneTransport(settings.connections, settings.connect_seconds),
        timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds),
        follow_redirects=False,
        trust_env=False,
    )


def _in_path(name: str) -> str:
    return quote(name, safe=":")
