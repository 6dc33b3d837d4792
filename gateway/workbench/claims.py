"""Who works on an item: claimed, handed over, released; each with the version of the claim that its officer saw."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from event_store.workbench import Claim
from gateway import errors
from gateway.services import GatewayServices
from gateway.views.moments import moment_text
from gateway.workbench.desk import OnDesk
from one_things.inbox import OfficerDid
from one_things.model import Record
from one_things.text import Text, Word
from security.tokens import LONGEST_SUBJECT

Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ClaimRequest(Record):
    """``version`` is the claim's as it was seen, 0 before the first: whoever is slower is told so."""

    version: Version


class HandOverRequest(ClaimRequest):
    """To another officer of the department, by their account."""

    to: Annotated[Word, StringConstraints(min_length=1, max_length=LONGEST_SUBJECT)]


class ClaimView(Record):
    """Who works on the item, by their account, and since when."""

    holder: str | None
    since: datetime | None
    mine: bool
    version: int


def claim_view(claim: Claim, officer: str) -> ClaimView:
    """As this officer sees it."""
    return ClaimView(
        holder=claim.holder,
        since=claim.since if claim.holder is not None else None,
        mine=claim.holder == officer,
        version=claim.version,
    )


async def claim(services: GatewayServices, seen: OnDesk, request: ClaimRequest) -> ClaimView:
    """Work on the item from now on. A supervisor may take it from another officer.

    Raises CommandNotPossible "claimed" with since when, "claim-changed".
    """
    if seen.is_mine:
        return claim_view(seen.claim, seen.desk.officer.subject)
    if seen.claim.holder is not None and not seen.desk.supervises:
        raise _claimed(seen.claim)
    act = OfficerDid.CLAIMED if seen.claim.holder is None else OfficerDid.TAKEN_OVER
    return await _taken(services, seen, seen.desk.officer.subject, request.version, act)


async def release(services: GatewayServices, seen: OnDesk, request: ClaimRequest) -> ClaimView:
    """Work on it no longer; free already it stays so. Same errors, and "not-claimed" for who does not work on it."""
    if seen.claim.holder is None:
        return claim_view(seen.claim, seen.desk.officer.subject)
    _require_holder(seen)
    return await _taken(services, seen, None, request.version, OfficerDid.RELEASED)


async def hand_over(services: GatewayServices, seen: OnDesk, request: HandOverRequest) -> ClaimView:
    """Another officer works on it from now on; same errors as ``release``."""
    if seen.claim.holder == request.to:
        return claim_view(seen.claim, seen.desk.officer.subject)
    _require_holder(seen)
    return await _taken(services, seen, request.to, request.version, OfficerDid.HANDED_OVER)


def require_claim(seen: OnDesk) -> None:
    """Raises CommandNotPossible "claimed" or "not-claimed": only who works on an item acts on it."""
    if seen.is_mine:
        return
    if seen.claim.holder is not None:
        raise _claimed(seen.claim)
    raise errors.CommandNotPossible(
        "not-claimed", Text(zh="请先认领该事项，再办理。", en="Claim the item first, then act on it.")
    )


def _require_holder(seen: OnDesk) -> None:
    if not seen.desk.supervises:
        require_claim(seen)


async def _taken(
    services: GatewayServices, seen: OnDesk, holder: str | None, version: int, act: OfficerDid
) -> ClaimView:
    taken = await services.workbench.take(seen.about, holder, version, act)
    if taken is not None:
        return claim_view(taken, seen.desk.officer.subject)
    now = await services.workbench.claim(seen.about.case_no, seen.about.item)
    if now.holder == holder and holder is not None:
        return claim_view(now, seen.desk.officer.subject)  # a double click
    if now.holder is not None and now.holder != seen.desk.officer.subject:
        raise _claimed(now)
    raise errors.CommandNotPossible(
        "claim-changed",
        Text(
            zh="该事项的认领情况刚有变化，请刷新后再试。",
            en="Who works on this item has changed meanwhile. Look again, then repeat it.",
        ),
    )


def _claimed(claim: Claim) -> errors.CommandNotPossible:
    assert claim.since is not None
    since = moment_text(claim.since)
    return errors.CommandNotPossible(
        "claimed",
        Text(
            zh=f"该事项自 {since.zh} 起由 {claim.holder} 办理。",
            en=f"{claim.holder} has been working on this item since {since.en}.",
        ),
    )
