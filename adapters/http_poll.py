"""A department that takes submissions over HTTP and keeps its decisions until they are fetched: one list for all cases.

Each entry is signed as the callback would have been, freshly for this answer, so that its origin is proved in the same
way and a department that learns to push changes nothing but who calls whom.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import httpx
from opentelemetry import propagate
from pydantic import BaseModel, ValidationError

from adapters.collected import CollectedEntry, CollectedPage, Door
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.maintenance import away_until
from adapters.configuration.pace import Polling
from adapters.contract_versions import HEADER, headers_of, is_answered_in
from adapters.http_push import HttpPushDepartment
from adapters.port import UnknownCause
from adapters.wire_bodies import Cursor, KeptEntry
from security.signatures import SignatureRefused, verify
from security.signing_keys import VerificationKey

KeyLookup = Callable[[str], VerificationKey | None]
LARGEST_PAGE_BYTES: Final = 16 * 1024 * 1024
_OF_THE_WHOLE_PAGE: Final = frozenset(
    {"signature-too-old", "signature-from-the-future", "signature-key-unknown", "signature-key-expired"}
)
"""A clock or a key that is to be put right, here or there: the entries themselves may well be sound."""
_MEANINGFUL: Final = frozenset({200, 410})
CURSOR_UNKNOWN: Final = "cursor-unknown"


class HttpPollDepartment(HttpPushDepartment):
    """`DepartmentPort` over HTTP, as for one that pushes; where the callback would go is not used by it."""


class _Page(BaseModel):
    """A `DecisionList` whose entries are looked at one by one: a malformed one says nothing about the others."""

    entries: tuple[dict[str, object], ...]
    more: bool = False


class _Positioned(BaseModel):
    cursor: Cursor


class HttpDecisionSource:
    """`DecisionSource` over HTTP."""

    def __init__(self, department: DepartmentConnection, client: httpx.AsyncClient, key: KeyLookup) -> None:
        self._code = department.code
        self._url = f"{department.url}/decisions"
        self._entry = department.entry
        self._credential = f"Bearer {department.token.get_secret_value()}"
        self._client = client
        self._key = key

    @property
    def polling(self) -> Polling:
        return self._entry.polling

    def rests_until(self, now: datetime) -> datetime | None:
        return away_until(self._entry.maintenance, now)

    async def collect(self, after: str) -> CollectedPage:
        answer = await self._call(after)
        if not isinstance(answer, tuple):
            return CollectedPage(away=answer)
        status, body = answer
        match status:
            case 200:
                return self._read(after, body)
            case 401 | 403:
                return CollectedPage(away=UnknownCause.CREDENTIAL_REFUSED)
            case 410 if after and _code_in(body) == CURSOR_UNKNOWN:
                # It has forgotten our place, as after a restored backup. From the beginning: what counted is a repeat.
                return await self.collect("")
        return CollectedPage(away=UnknownCause.UNEXPECTED_STATUS)

    async def settle(self, page: CollectedPage) -> None:
        """The next call says how far we are."""

    async def _call(self, after: str) -> tuple[int, bytes] | str:
        headers = {"Authorization": self._credential, "Accept": "application/json", "Accept-Encoding": "identity"}
        version = self._entry.contract
        headers |= headers_of(version)
        propagate.inject(headers)
        asked = f"?limit={self.polling.page}" + (f"&after={quote(after, safe='')}" if after else "")
        time_outs = self._entry.time_outs
        body = bytearray()
        try:
            async with (
                asyncio.timeout(time_outs.connect_seconds + (time_outs.answer_seconds or 10)),
                self._client.stream("GET", self._url + asked, headers=headers) as response,
            ):
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > LARGEST_PAGE_BYTES:
                        return UnknownCause.ANSWER_TOO_LARGE
                if response.status_code in _MEANINGFUL and not is_answered_in(version, response.headers.get(HEADER)):
                    return UnknownCause.ANSWER_UNREADABLE
                return response.status_code, bytes(body)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):
            return UnknownCause.TIMED_OUT
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return UnknownCause.UNREACHABLE
        except httpx.RequestError:
            return UnknownCause.CONNECTION_BROKEN

    def _read(self, after: str, body: bytes) -> CollectedPage:
        try:
            # Not pydantic's own reader: it refuses a whole page for half a character in one of its entries.
            page = _Page.model_validate(json.loads(body))
            if len(page.entries) > self.polling.page:
                return CollectedPage(away=UnknownCause.ANSWER_UNREADABLE)
            # Without its own position nothing behind an entry could be asked for: that is a fault of the page.
            cursors = [_Positioned.model_validate(entry).cursor for entry in page.entries]
        except (ValueError, RecursionError):
            return CollectedPage(away=UnknownCause.ANSWER_UNREADABLE)
        if after in cursors or len(set(cursors)) != len(cursors):
            return CollectedPage(away=UnknownCause.ANSWER_UNREADABLE)  # it would be collected for ever
        entries = tuple(self._proved(cursor, entry) for cursor, entry in zip(cursors, page.entries, strict=True))
        if entries and all(entry.refused in _OF_THE_WHOLE_PAGE for entry in entries):
            return CollectedPage(away=entries[0].refused)
        return CollectedPage(entries, more=page.more and bool(entries))

    def _proved(self, cursor: str, written: dict[str, object]) -> CollectedEntry:
        try:
            entry = KeptEntry.model_validate(written)
        except ValidationError:
            said = json.dumps(written, ensure_ascii=False, sort_keys=True).encode(errors="replace")
            return CollectedEntry(cursor, "", said, refused="entry-malformed")
        body = entry.body.encode(errors="replace")
        refused = refusal_of(self._code, entry.door, entry.signature, body, self._key)
        return CollectedEntry(cursor, entry.door, body, refused)


def refusal_of(
    department: str, door: Door, signature: dict[str, str], body: bytes, key: KeyLookup, now: datetime | None = None
) -> str:
    """The code of why this proves no origin in the department; empty where it does."""
    path = f"/departments/{department}/{door}"
    headers = {"content-type": "application/json", **{name.lower(): value for name, value in signature.items()}}
    try:
        signed = verify("POST", path, headers, body, key, now or datetime.now(UTC))
    except SignatureRefused as refused:
        return refused.code
    return "" if signed.key_id.rpartition(".")[0] == department else "foreign"


def _code_in(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("code")) if isinstance(said, dict) else ""
