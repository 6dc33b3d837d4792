"""How a request becomes a case: one number, without gaps, in one transaction with its key and its workflow's start.

The start waits in an outbox: whoever allocated starts the workflow and says so with ``mark_started``; what a crash
left over is found by ``unstarted`` and started then, under the same workflow id.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from event_store.case_numbers import case_number
from event_store.errors import IdempotencyConflict, UnknownCase
from event_store.pool import Database
from event_store.queries import load

SQL = load("intake")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseRequest(_Frozen):
    """Who asks for a case, under which key, with which body. ``year`` is the year of the request in the city's time."""

    idempotency_key: str = Field(min_length=1, max_length=200)
    owner: str = Field(min_length=1, max_length=200)
    body_digest: bytes = Field(min_length=1)
    city: str = Field(pattern=r"^[0-9A-Za-z]{1,12}$")
    year: int = Field(ge=2000, le=9999)


class Signer(_Frozen):
    """Somebody who is asked to sign, by a keyed digest of who it is."""

    party: str = Field(min_length=1)
    identity_mac: bytes = Field(min_length=16)


class AdoptedContent(_Frozen):
    """A content of the applicant's draft that becomes the case's, with its key sealed under the case's."""

    content_id: UUID
    key: str = Field(min_length=1)


class CaseStart(_Frozen):
    """What starts a case: its wrapped key and its workflow, whose input is encrypted and opaque here."""

    wrapped_key: bytes = Field(min_length=1)
    workflow_type: str = Field(min_length=1)
    payload: bytes = Field(min_length=1)
    signers: tuple[Signer, ...] = ()
    contents: tuple[AdoptedContent, ...] = ()


class PendingStart(_Frozen):
    """A workflow still to be started, with the case number as its id."""

    case_no: str
    workflow_type: str
    payload: bytes
    created_at: datetime


class Allocation(_Frozen):
    """The case of a request. ``repeated`` says that an earlier request with this key had made it."""

    case_no: str
    repeated: bool


class Intake:
    """Gives out case numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def earlier(self, request: CaseRequest) -> Allocation | None:
        """The case that the same owner's same key got before, if any. Raises IdempotencyConflict for another body."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(SQL["earlier_request"], request.owner, request.idempotency_key)
        if row is None:
            return None
        if row["body_digest"] != request.body_digest:
            raise IdempotencyConflict
        return Allocation(case_no=row["case_no"], repeated=True)

    async def allocate(self, request: CaseRequest, prepare: Callable[[str], Awaitable[CaseStart]]) -> Allocation:
        """The case of this request: a new one, or the one that the same owner's same key got before.

        A repeat is known without this by ``earlier``, which a request is to be looked up with before it is judged.
        ``prepare`` makes the start for the number it is given. All other allocations of the city and year wait for
        it, so it computes and asks nobody; when a twin of the request comes first, what it made is thrown away.
        Raises IdempotencyConflict when the key was used with another body; whatever ``prepare`` raises, without a gap.
        """
        try:
            return await self._allocate(request, prepare)
        except asyncpg.UniqueViolationError:
            twin = await self.earlier(request)
            if twin is None:
                raise
            return twin

    async def mark_started(self, case_nos: Sequence[str]) -> None:
        """The workflows run; their starts leave the outbox. A repeat is a no-op.

        Raises UnknownCase for numbers that no case has; the others are noted all the same.
        """
        async with self._database.connection() as connection:
            unknown = await connection.fetchval(SQL["mark_started"], list(case_nos))
        if unknown:
            raise UnknownCase(", ".join(unknown))

    async def unstarted(self, older_than: timedelta = timedelta(0), limit: int = 100) -> list[PendingStart]:
        """Workflows that were not marked as started for at least ``older_than``, the oldest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["unstarted"], older_than, limit)
        return [PendingStart(**dict(row)) for row in rows]

    async def _allocate(self, request: CaseRequest, prepare: Callable[[str], Awaitable[CaseStart]]) -> Allocation:
        async with self._database.transaction() as connection:
            serial = await connection.fetchval(SQL["next_serial"], request.city, request.year)
            case_no = case_number(request.city, request.year, serial)
            start = await prepare(case_no)
            await connection.execute(
                SQL["allocate"],
                case_no,
                request.city,
                request.year,
                serial,
                request.owner,
                request.idempotency_key,
                request.body_digest,
                start.wrapped_key,
                start.workflow_type,
                start.payload,
                [signer.party for signer in start.signers],
                [signer.identity_mac for signer in start.signers],
                [content.content_id for content in start.contents],
                [content.key for content in start.contents],
            )
        return Allocation(case_no=case_no, repeated=False)
