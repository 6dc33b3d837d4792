"""A case is opened once: its number under the caller's key, its start kept until the orchestrator has it."""

from collections.abc import Callable
from datetime import datetime

from event_store.case_secrets import seal_fields
from event_store.errors import IdempotencyConflict
from event_store.intake import Allocation, CaseRequest, CaseStart, Signer
from gateway import errors
from gateway.drafts import DraftContent
from gateway.open_case import opening_fields
from gateway.services import GatewayServices
from observability.correlation import bind
from one_things.clock import shanghai_date
from one_things.commands import OpenCase
from one_things.model import Record
from security.sealing import CaseKey
from workflows.handles import OrchestratorUnavailable


class Submitted(Record):
    """The case of a request. ``started`` is False while the orchestrator is away: it starts by itself then."""

    allocation: Allocation
    started: bool


def request_of(services: GatewayServices, owner: str, key: str, body: bytes, now: datetime) -> CaseRequest:
    """The request for a number, under the owner's key; ``body`` is what a repeat has to agree with."""
    return CaseRequest(
        idempotency_key=key,
        owner=owner,
        body_digest=services.fingerprint(body),
        city=services.settings.city,
        year=shanghai_date(now).year,
    )


async def opened_before(services: GatewayServices, request: CaseRequest) -> Submitted | None:
    """The case that this request made before, if any. Raises KeyUsedOtherwise, StoreUnavailable."""
    try:
        earlier = await services.intake.earlier(request)
    except IdempotencyConflict:
        raise errors.KeyUsedOtherwise from None
    return None if earlier is None else Submitted(allocation=earlier, started=True)


async def open_once(
    services: GatewayServices,
    request: CaseRequest,
    workflow: str,
    opening: Callable[[str, CaseKey], OpenCase],
    signers: tuple[Signer, ...] = (),
    contents: tuple[DraftContent, ...] = (),
) -> Submitted:
    """Give the request its number and start its case. Raises KeyUsedOtherwise, StoreUnavailable.

    ``opening`` makes the command that opens the case of this number, sealed under its new key; ``signers`` find it, and
    ``contents`` of the applicant's draft become its own in the same transaction.
    """
    made: list[OpenCase] = []

    async def prepare(case_no: str) -> CaseStart:
        case_key, wrapped = services.secrets.new_key(case_no)
        made[:] = [opening(case_no, case_key)]
        # The outbox holds the whole opening sealed as well: which items somebody chose tells about a person, too.
        payload = seal_fields(case_key, opening_fields(made[0])).model_dump_json().encode()
        return CaseStart(
            wrapped_key=wrapped,
            workflow_type=workflow,
            payload=payload,
            signers=signers,
            contents=tuple(content.adopted(case_key) for content in contents),
        )

    try:
        allocation = await services.intake.allocate(request, prepare)
    except IdempotencyConflict:
        raise errors.KeyUsedOtherwise from None
    if allocation.repeated:
        return Submitted(allocation=allocation, started=True)
    try:
        with bind(case_no=allocation.case_no):
            await services.cases.start(workflow, made[0])
    except OrchestratorUnavailable:
        return Submitted(allocation=allocation, started=False)
    return Submitted(allocation=allocation, started=True)
