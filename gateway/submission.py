"""From an application to a running case: plan it, give it a number once, start it; what could not start is kept."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from event_store.case_secrets import seal_fields
from gateway import errors
from gateway.drafts import DRAFT_NAME, draft_contents
from gateway.identities import identified, signers
from gateway.offers import OfferedBundle
from gateway.opening import Submitted, open_once, opened_before, request_of
from gateway.services import GatewayServices
from one_things.application import Application
from one_things.clock import shanghai_date
from one_things.commands import OpenCase
from one_things.definition import Slug
from one_things.delivery_admission import sent_to
from one_things.delivery_choice import ChosenDelivery, DeliveryWish
from one_things.eligibility import reckoned_form
from one_things.events import Channel
from one_things.faults import ApplicationRefused
from one_things.plan import HandedIn, Plan
from one_things.planning import make_plan
from security.sealing import CaseKey

IDEMPOTENCY_KEY = r"^[\x21-\x7e]{1,200}$"


class WrittenWish(DeliveryWish):
    """How results on paper come, within what the door takes in."""

    addressee: Annotated[str, StringConstraints(max_length=500)] | None = None
    address: Annotated[str, StringConstraints(max_length=1000)] | None = None
    phone: Annotated[str, StringConstraints(max_length=100)] | None = None


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
    delivery: WrittenWish | None = None
    """How results on paper come; None: no more than has to."""
    channel: Channel = Channel.WEB
    draft: Annotated[str, StringConstraints(pattern=DRAFT_NAME)] | None = None
    """The draft that the materials were uploaded to; None: their contents lie elsewhere, under these digests."""


async def submit(
    services: GatewayServices, application: CaseApplication, owner: str, key: str, now: datetime
) -> Submitted:
    """The case of this application; the same key and body give the same case.

    Raises BundleNotFound, VersionNotFound, ApplicationNotAccepted with every fault at once, KeyUsedOtherwise,
    StoreUnavailable.
    """
    request = request_of(services, owner, key, _canonical(application), now)
    # Before it is judged: a bundle that has changed since must not hide from a retry the case it made.
    if (earlier := await opened_before(services, request)) is not None:
        return earlier
    offered = services.catalogue.to_apply_for(application.bundle, application.version, shanghai_date(now))
    plan = _plan(offered, application, now)
    contents = await draft_contents(services, owner, application.draft, plan)
    form = reckoned_form(offered.bundle, application.answers, application.form, shanghai_date(now))

    def opening(case_no: str, case_key: CaseKey) -> OpenCase:
        return OpenCase(
            case_no=case_no,
            plan=plan.model_copy(update={"answers": {}, "parties": identified(plan.parties, case_key, form)}),
            form=seal_fields(case_key, form),
            answers=seal_fields(case_key, plan.answers),
            owner=owner,
            channel=application.channel,
            delivery=_chosen(application.delivery, case_key),
            time_can_be_skipped=services.settings.sandbox,
        )

    return await open_once(services, request, plan.bundle, opening, signers(services, plan.parties, form), contents)


def _canonical(application: CaseApplication) -> bytes:
    """The application as bytes that do not depend on the order in which answers and fields were written."""
    # Applications of before there were drafts or a choice of delivery have no such words: their repeats have to agree.
    unsaid = {name for name in ("draft", "delivery") if getattr(application, name) is None}
    return json.dumps(application.model_dump(mode="json", exclude=unsaid), sort_keys=True).encode()


def _chosen(wish: DeliveryWish | None, case_key: CaseKey) -> ChosenDelivery | None:
    if wish is None:
        return None
    to = sent_to(wish)
    return ChosenDelivery(way=wish.way, to=seal_fields(case_key, to) if to else None)


def _plan(offered: OfferedBundle, application: CaseApplication, now: datetime) -> Plan:
    try:
        plan = make_plan(
            offered.bundle,
            application,
            digest=offered.digest,
            today=shanghai_date(now),
        )
    except ApplicationRefused as refused:
        raise errors.ApplicationNotAccepted(faults=refused.faults) from None
    promised = (one.model_copy(update={"digest": offered.promises[one.material]}) for one in plan.commitments)
    return plan.model_copy(update={"commitments": tuple(promised)})
