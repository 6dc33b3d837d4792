"""From an application to a running case: plan it, give it a number once, start it; what could not start is kept."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from event_store.case_secrets import seal_fields
from event_store.errors import IdempotencyConflict
from event_store.intake import Allocation, CaseRequest, CaseStart
from gateway import errors
from gateway.offers import OfferedBundle
from gateway.open_case import opening_fields
from gateway.services import GatewayServices
from observability.correlation import bind
from one_things.application import Application
from one_things.clock import shanghai_date
from one_things.commands import OpenCase
from one_things.definition import Slug
from one_things.eligibility import reckoned_form
from one_things.events import Channel
from one_things.faults import ApplicationRefused
from one_things.model import Record
from one_things.plan import HandedIn, Plan
from one_things.planning import make_plan
from workflows.handles import OrchestratorUnavailable

IDEMPOTENCY_KEY = r"^[\x21-\x7e]{1,200}$"


class CaseApplication(Application):
    """An application for one bundle, within what the door takes in."""

    bundle: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    version: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    """None: the newest version that is valid on the day of the application."""
    answers: dict[str, str | bool] = Field(default={}, max_length=100)
    """Situation → answer."""
    chosen: tuple[Slug, ...] | None = Field(default=None, max_length=100)
    """The chosen items (随心办); None means all that apply."""
    form: dict[str, JsonValue] = Field(default={}, max_length=300)
    """Form field → value."""
    materials: tuple[HandedIn, ...] = Field(default=(), max_length=100)
    authorisations: tuple[Slug, ...] = Field(default=(), max_length=100)
    """Materials for which the e-licence may be looked up instead of handing them in."""
    without: tuple[Slug, ...] = Field(default=(), max_length=100)
    """Items that are not wanted: refused where a chosen item requires one of them."""
    channel: Channel = Channel.WEB


class Submitted(Record):
    """The case of an application. ``started`` is False while the orchestrator is away: it starts by itself then."""

    allocation: Allocation
    started: bool


async def submit(
    services: GatewayServices, application: CaseApplication, owner: str, key: str, now: datetime
) -> Submitted:
    """The case of this application; the same key and body give the same case.

    Raises BundleNotFound, VersionNotFound, ApplicationNotAccepted with every fault at once, KeyUsedOtherwise,
    StoreUnavailable.
    """
    request = CaseRequest(
        idempotency_key=key,
        owner=owner,
        body_digest=services.fingerprint(_canonical(application)),
        city=services.settings.city,
        year=shanghai_date(now).year,
    )
    # Before it is judged: a bundle that has changed since must not hide from a retry the case it made.
    try:
        earlier = await services.intake.earlier(request)
    except IdempotencyConflict:
        raise errors.KeyUsedOtherwise from None
    if earlier is not None:
        return Submitted(allocation=earlier, started=True)
    offered = services.catalogue.to_apply_for(application.bundle, application.version, shanghai_date(now))
    plan = _plan(offered, application, now)
    form = reckoned_form(offered.bundle, application.answers, application.form, shanghai_date(now))
    made: list[OpenCase] = []

    async def prepare(case_no: str) -> CaseStart:
        case_key, wrapped = services.secrets.new_key(case_no)
        opening = OpenCase(
            case_no=case_no,
            plan=plan.model_copy(update={"answers": {}}),
            form=seal_fields(case_key, form),
            answers=seal_fields(case_key, plan.answers),
            owner=owner,
            channel=application.channel,
            time_can_be_skipped=services.settings.sandbox,
        )
        made[:] = [opening]
        # The outbox holds the whole opening sealed as well: which items somebody chose tells about a person, too.
        payload = seal_fields(case_key, opening_fields(opening)).model_dump_json().encode()
        return CaseStart(wrapped_key=wrapped, workflow_type=plan.bundle, payload=payload)

    try:
        allocation = await services.intake.allocate(request, prepare)
    except IdempotencyConflict:
        raise errors.KeyUsedOtherwise from None
    if allocation.repeated:
        return Submitted(allocation=allocation, started=True)
    try:
        with bind(case_no=allocation.case_no):
            await services.cases.start(plan.bundle, made[0])
    except OrchestratorUnavailable:
        return Submitted(allocation=allocation, started=False)
    return Submitted(allocation=allocation, started=True)


def _canonical(application: CaseApplication) -> bytes:
    """The application as bytes that do not depend on the order in which answers and fields were written."""
    return json.dumps(application.model_dump(mode="json"), sort_keys=True).encode()


def _plan(offered: OfferedBundle, application: CaseApplication, now: datetime) -> Plan:
    try:
        return make_plan(
            offered.bundle,
            application,
            digest=offered.digest,
            today=shanghai_date(now),
        )
    except ApplicationRefused as refused:
        raise errors.ApplicationNotAccepted(faults=refused.faults) from None
