"""The application page: questions, items, form, materials, a last look, and the receipt. It works without scripts."""

import re
import secrets
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from gateway import errors
from gateway.access import Caller, Services
from gateway.apply_form import Step, Written, written
from gateway.apply_steps import after, before, first_faulty, first_step, shown
from gateway.body import page_form
from gateway.drafts import DRAFT_NAME, store_in_draft
from gateway.pages import application_page, bundles_page
from gateway.services import GatewayServices
from gateway.state import starter_of
from gateway.submission import submit
from gateway.uploads import with_uploads
from one_things.clock import shanghai_date
from one_things.definition import Bundle

router = APIRouter(include_in_schema=False)
_KEY_BYTES = 18
_KEY = re.compile(DRAFT_NAME)
"""An application's key is its draft's token as well: its files are uploaded under it."""


@router.get("/apply")
async def choose(request: Request, services: Services, _caller: Caller) -> Response:
    """What can be applied for today."""
    today = shanghai_date(datetime.now(UTC))
    in_force = [one.bundle for one in services.catalogue if services.catalogue.is_in_force(one.bundle, today)]
    return bundles_page(request, in_force)


@router.get("/apply/{bundle_id}")
async def begin(request: Request, services: Services, _caller: Caller, bundle_id: str) -> Response:
    """The first step."""
    bundle = _bundle(services, bundle_id, None)
    return _step(request, services, bundle, written(bundle, {}), first_step(bundle), secrets.token_urlsafe(_KEY_BYTES))


@router.post("/apply/{bundle_id}")
async def go_on(request: Request, services: Services, caller: Caller, bundle_id: str) -> Response:
    """From one step to the next or back; the last hands the application in and shows its receipt."""
    form = await page_form(request, services.settings.largest_body, services.settings.largest_content)
    bundle = _bundle(services, bundle_id, form.fields.get("version"))
    key = form.fields.get("key", "")
    if not _KEY.fullmatch(key):
        key = secrets.token_urlsafe(_KEY_BYTES)
    fields, faults = await with_uploads(
        form,
        lambda content: store_in_draft(services, caller.subject, key, content),
        {material.id for material in bundle.materials},
    )
    sent = written(bundle, fields, key, faults)
    step = Step(fields["step"]) if fields.get("step") in set(Step) else first_step(bundle)
    now = datetime.now(UTC)
    match fields.get("go"):
        case "back":
            return _step(request, services, bundle, sent, before(bundle, step), key)
        case "submit" if not sent.faults:
            try:
                made = await submit(services, sent.application, caller.subject, key, now)
            except errors.ApplicationNotAccepted as refused:
                told = sent._replace(faults=refused.faults)
                return _step(request, services, bundle, told, first_faulty(refused.faults), key, with_faults=True)
            if made.started and not made.allocation.repeated:
                starter_of(request).started(made.allocation.case_no)
            return RedirectResponse(f"/cases/{made.allocation.case_no}/receipt", status_code=303)
    following, with_faults = after(services, bundle, sent, step, now)
    return _step(request, services, bundle, sent, following, key, with_faults=with_faults)


def _bundle(services: GatewayServices, bundle_id: str, version: str | None) -> Bundle:
    """The version that the application began with, or the one in force. Raises BundleNotFound, VersionNotFound."""
    return services.catalogue.to_apply_for(bundle_id, version or None, shanghai_date(datetime.now(UTC))).bundle


def _step(
    request: Request,
    services: GatewayServices,
    bundle: Bundle,
    sent: Written,
    step: Step,
    key: str,
    *,
    with_faults: bool = False,
) -> Response:
    view = shown(services, bundle, sent, step, datetime.now(UTC), with_faults=with_faults)
    return application_page(request, bundle, sent, view, key)
