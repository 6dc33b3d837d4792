"""One case as it stands now, folded from its events, for a caller who may see it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Path

from event_store.errors import UnknownCase
from gateway import errors
from gateway.access import Caller, Services, may_see
from gateway.services import GatewayServices
from one_things.case import CaseState
from one_things.commands import OpenCase
from one_things.deciding import open_case
from one_things.events import CaseOpened, Event, event_from_json
from one_things.evolving import fold
from one_things.sealed import Sealed
from security.sealing import CaseKeyErased
from security.tokens import Principal

CASE_NUMBER = r"^[0-9A-Za-z]{1,12}-[0-9]{4}-[0-9]{6,12}$"
_CASE_NUMBER = re.compile(CASE_NUMBER)
_OPENING = "opening"
DEPARTMENT_OWNER = "department:"
"""What the owner of a request begins with that a department's event made; the case itself is its applicant's."""


class SeenCase(NamedTuple):
    """A case and its history. ``version`` 0: it has a number, but its workflow has not begun yet."""

    state: CaseState
    history: tuple[tuple[int, Event], ...]
    version: int
    caller: Principal


def check_case_number(case_no: str) -> str:
    """The number itself. Raises CaseNotFound for what no city ever gave out."""
    if not _CASE_NUMBER.fullmatch(case_no):
        raise errors.CaseNotFound
    return case_no


async def seen_case(services: Services, caller: Caller, case_no: Annotated[str, Path()]) -> SeenCase:
    """The case, if there is one that this caller may see. Raises CaseNotFound for both, CaseNotBegun."""
    check_case_number(case_no)
    records = await services.store.read(case_no)
    if not records:
        state, owner = await _requested(services, case_no)
        if not may_see(caller, owner):
            raise errors.CaseNotFound
        if state is None:
            raise errors.CaseNotBegun
        return SeenCase(state, (), 0, caller)
    history = tuple((record.version, event_from_json(record.data)) for record in records)
    state = fold(event for _, event in history)
    if not may_see(caller, state.owner) and not holds_mandate(caller, state):
        raise errors.CaseNotFound
    return SeenCase(state, history, state.version, caller)


async def recorded_case(services: GatewayServices, case_no: str) -> CaseState:
    """The case as the record has it, for whoever proved otherwise that it concerns them. Raises CaseNotFound."""
    records = await services.store.read(case_no)
    if not records:
        raise errors.CaseNotFound
    return fold(event_from_json(record.data) for record in records)


def holds_mandate(caller: Principal, state: CaseState) -> bool:
    """Whether the caller is an agent of the applicant today: one whose mandate has ended finds no case any more."""
    mandate = state.mandates.get(caller.subject)
    return mandate is not None and mandate.holds(datetime.now(UTC) + timedelta(seconds=state.seconds_ahead))


async def owner_of(services: GatewayServices, case_no: str) -> str:
    """Whose case it is. Raises CaseNotFound.

    A case that a department's event began is its applicant's, which only its first event says.
    """
    request = await services.lists.request(case_no)
    if request is None:
        raise errors.CaseNotFound
    if not request.owner.startswith(DEPARTMENT_OWNER):
        return request.owner
    first = await services.store.read(case_no, limit=1)
    opened = event_from_json(first[0].data) if first else None
    return opened.owner if isinstance(opened, CaseOpened) else request.owner


async def _requested(services: GatewayServices, case_no: str) -> tuple[CaseState | None, str]:
    """What the case will begin as, from the outbox, while the orchestrator is away."""
    request = await services.lists.request(case_no)
    if request is None:
        raise errors.CaseNotFound
    if request.payload is None:
        return None, request.owner
    try:
        opening = await read_opening(services, case_no, request.payload)
    except CaseKeyErased:
        return None, request.owner
    return fold([open_case(opening, request.allocated_at)]), opening.owner


def opening_fields(opening: OpenCase) -> dict[str, str]:
    """What the outbox seals."""
    return {_OPENING: opening.model_dump_json()}


async def read_opening(services: GatewayServices, case_no: str, payload: bytes) -> OpenCase:
    """The command that lies sealed in the outbox. Raises CaseKeyErased, UnknownCase."""
    try:
        fields = await services.secrets.open_fields(case_no, [Sealed.model_validate_json(payload)])
    except UnknownCase:
        raise errors.CaseNotFound from None
    return OpenCase.model_validate_json(str(fields[_OPENING]))


SeenCaseNow = Annotated[SeenCase, Depends(seen_case)]
