"""The electronic receipt of hand-in (电子收件凭证): what it says, how it is issued, and how anybody verifies it.

It is derived, not stored: number and time come from the intake, the content from the case's first event, the digest
from the case's own key. Asked for twice it is the same; once the case's key is destroyed it cannot be issued again,
and those already issued stay valid. Its token tells nothing about a person: see `docs/receipts.md`.
"""

import json
from datetime import UTC, datetime
from typing import Literal

from pydantic import JsonValue, ValidationError

from gateway import errors
from gateway.access import is_owner
from gateway.open_case import SeenCase
from gateway.services import GatewayServices
from one_things.delivery_choice import ChosenDelivery
from one_things.events import CaseOpened
from one_things.model import Record
from one_things.text import Text
from security.attestations import AttestationRefused
from security.sealing import CaseKeyErased

KIND = "receipt"


class ReceiptStatement(Record):
    """What is signed. The chosen items stand only in the digest: which ones they are may tell about a person."""

    form: Literal["receipt-1"] = "receipt-1"
    number: str
    handed_in_at: datetime
    bundle: str
    version: str
    digest: str


class ReceiptItem(Record):
    """An item that was applied for."""

    id: str
    title: Text


class HandInReceipt(Record):
    """The receipt of one case."""

    number: str
    handed_in_at: datetime
    bundle: str
    version: str
    title: Text
    items: tuple[ReceiptItem, ...]
    digest: str
    """``<suite>:<hex>``: authentication code of ``content`` under ``code``. Nobody can guess at it."""
    token: str
    """The signed receipt itself (compact JWS): all that anybody needs to verify it."""
    address: str
    """Where anybody can have it verified."""
    content: str | None
    """The application as it was handed in, in canonical form (RFC 8785); for the applicant alone."""
    code: str | None
    """The key of the digest, in hex; for the applicant alone."""


class VerifiedReceipt(Record):
    """A receipt that this platform signed."""

    valid: Literal[True] = True
    number: str
    handed_in_at: datetime
    bundle: str
    version: str
    title: Text | None
    """None for a version that is no longer in the catalogue."""
    digest: str
    key: str
    """Id of the key that signed it."""
    current_key: bool
    """False when the platform signs with another key by now; the receipt is valid all the same."""


async def receipt_of(services: GatewayServices, seen: SeenCase) -> HandInReceipt:
    """The receipt of this case. Raises ReceiptErased, CaseNotFound."""
    state, plan = seen.state, seen.state.plan
    if state.proposal is not None and state.confirmation.confirmed_at is None:
        raise errors.CommandNotPossible(
            "case-not-confirmed",
            Text(
                zh="尚未确认的办件没有收件凭证。",
                en="Nothing was handed in yet: there is no receipt before it is confirmed.",
            ),
        )
    request = await services.lists.request(state.case_no)
    if request is None:
        raise errors.CaseNotFound
    try:
        content = await _content(services, seen)
        commitment = await services.secrets.commit(state.case_no, content.encode(), KIND)
    except CaseKeyErased:
        raise errors.ReceiptErased from None
    statement = ReceiptStatement(
        number=state.case_no,
        handed_in_at=(state.confirmation.confirmed_at or request.allocated_at).astimezone(UTC).replace(microsecond=0),
        bundle=plan.bundle,
        version=plan.version,
        digest=commitment.digest,
    )
    token = services.receipt_keys.sign(KIND, statement.model_dump_json().encode())
    own = is_owner(seen.caller, state.owner)
    return HandInReceipt(
        **statement.model_dump(exclude={"form"}),
        title=plan.title,
        items=tuple(ReceiptItem(id=item.id, title=item.title) for item in plan.items),
        token=token,
        address=f"{services.settings.public_url}/receipts/{token}",
        content=content if own else None,
        code=commitment.code if own else None,
    )


def verified(services: GatewayServices, token: str) -> VerifiedReceipt:
    """The receipt that this token carries, by its signature alone. Raises ReceiptInvalid."""
    try:
        attested = services.receipt_keys.verify(KIND, token)
        statement = ReceiptStatement.model_validate_json(attested.statement)
    except AttestationRefused as refused:
        raise errors.ReceiptInvalid(refused.code) from None
    except ValidationError:
        raise errors.ReceiptInvalid("damaged") from None
    offered = services.catalogue.exact(statement.bundle, statement.version)
    return VerifiedReceipt(
        **statement.model_dump(exclude={"form"}),
        title=offered.bundle.title if offered is not None else None,
        key=attested.key_id,
        current_key=attested.key_id == services.receipt_keys.current_id,
    )


async def _content(services: GatewayServices, seen: SeenCase) -> str:
    """The application as it was handed in, in the one form in which its digest is made; later corrections are none."""
    state, plan = seen.state, seen.state.plan
    form = await services.secrets.open_fields(state.case_no, [state.form])
    answers = await services.secrets.open_fields(state.case_no, [state.answers] if state.answers is not None else [])
    content: dict[str, JsonValue] = {
        "answers": answers,
        "bundle": plan.bundle,
        "channel": state.channel.value,
        "definition": plan.digest,
        "form": form,
        "items": [item.id for item in plan.items],
        "materials": {material.id: material.digest for material in plan.materials},
        "version": plan.version,
    }
    if plan.licences:
        content["authorisations"] = [licence.material for licence in plan.licences]
    if plan.commitments:
        content["commitments"] = {one.material: one.digest for one in plan.commitments}
    if plan.deferred:
        content["deferred"] = [material.id for material in plan.deferred]
    if (chosen := _chosen_at_hand_in(seen)) is not None:
        to = await services.secrets.open_fields(state.case_no, [chosen.to] if chosen.to is not None else [])
        content["delivery"] = {"way": chosen.way.value, **to}
    # RFC 8785 for what an application consists of: texts, yes and no; names of fields are ASCII.
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _chosen_at_hand_in(seen: SeenCase) -> ChosenDelivery | None:
    """How papers were to come when the application was handed in; what was chosen anew later is no part of it."""
    first = seen.history[0][1] if seen.history else None
    return first.delivery if isinstance(first, CaseOpened) else seen.state.delivery
