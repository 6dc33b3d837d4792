"""Who acts besides the applicant, and rests: an agent under a mandate, co-owners who sign what an event began."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx

from adapters.port import CorrectionPoint
from adapters.sandbox.behaviours import Correction, Silent
from one_things.case import CaseState, ItemStatus
from one_things.clock import shanghai_date
from tests.flows.companies import ADDRESS, APPLICANT, CONTACT, OTHER_PHONE
from tests.flows.event_stories import Owner, an_owner
from tests.flows.shop_stories import CERTIFICATES, HYGIENE, NEW, REGISTRATION, apply, finished, shop
from tests.flows.town import Town, eventually

AGENT, OTHER_AGENT = "agent-1", "agent-2"
RESIDENCE = "residence"
PHONE_POINT = CorrectionPoint(code="phone", field_or_material="contact.phone", text="电话无法接通（模拟）")


async def give(town: Town, case_no: str, agent: str, *scope: str, days: int) -> httpx.Response:
    """The applicant lets the agent act for so many days, by the time of the case."""
    now = (await town.cases.state(case_no)).changed_at
    said = {"agent": agent, "scope": scope, "ends_on": (shanghai_date(now) + timedelta(days=days)).isoformat()}
    return await town.http.post(f"/cases/{case_no}/mandates", json=said, headers=town.bearer())


async def give_both(town: Town, case_no: str) -> None:
    """One agent corrects and hands in, another one rests."""
    for agent, scope in ((AGENT, ("correct", "hand_in")), (OTHER_AGENT, ("rest",))):
        assert (await give(town, case_no, agent, *scope, days=10)).status_code == 200


async def rested_by_agent(town: Town, case_no: str) -> None:
    """The other agent rests the case and goes on with it."""
    for act in ("suspend", "resume"):
        done = await by_agent(town, OTHER_AGENT, case_no, act)
        assert done.json()["outcome"] == "counted", done.text


async def by_agent(town: Town, agent: str, case_no: str, path: str, /, **said: Any) -> httpx.Response:
    """The agent does something at the case's doors."""
    return await town.http.post(f"/cases/{case_no}/{path}", json=said, headers=town.bearer(agent))


async def begun(town: Town) -> str:
    """A shop that is asked for a correction and still owes its certificates."""
    opening = shop(deferred=[CERTIFICATES])
    await town.switch(opening, REGISTRATION, Correction(points=(PHONE_POINT,)))
    await town.switch(opening, HYGIENE, Silent())
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.CORRECTION, REGISTRATION)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    return case_no


async def acted(town: Town, case_no: str) -> None:
    """The agent corrects and hands in, as the mandate allows."""
    path = f"items/{REGISTRATION}/correction"
    corrected = await by_agent(town, AGENT, case_no, path, form={"contact.phone": OTHER_PHONE}, channel="counter")
    assert corrected.status_code == 200, corrected.text
    materials = [{"id": CERTIFICATES, "digest": NEW}]
    handed = await by_agent(town, AGENT, case_no, "materials", materials=materials, channel="counter")
    assert handed.status_code == 200, handed.text


async def mandate_over(town: Town, case_no: str) -> CaseState:
    """Time goes by until the department is warned of its limit: longer than ten days."""
    return await town.skip_until(case_no, lambda state: state.items[HYGIENE].watch.warned, "the warning")


async def mandated(town: Town) -> str:
    """An agent corrects and hands in; one mandate is revoked, another one ends."""
    case_no = await begun(town)
    await give_both(town, case_no)
    await acted(town, case_no)
    await rested_by_agent(town, case_no)
    revoked = await town.http.post(
        f"/cases/{case_no}/mandates/revoke", json={"agent": OTHER_AGENT}, headers=town.bearer()
    )
    assert revoked.status_code == 200, revoked.text
    await town.until_items(case_no, ItemStatus.APPROVED, REGISTRATION)
    await mandate_over(town, case_no)
    await town.decide(case_no, HYGIENE)
    return await finished(town, case_no)


async def rested_with_deferral(town: Town) -> str:
    """The case rests for as long as it may while a deferred material is still to come."""
    opening = shop(deferred=[CERTIFICATES])
    await town.switch(opening, HYGIENE, Silent())
    case_no = await apply(town, opening)
    await town.until_items(case_no, ItemStatus.ACCEPTED, HYGIENE)
    assert (await town.suspend(case_no)).status_code == 200
    await town.skip_until(case_no, lambda state: bool(state.rests), "the rest is over")
    await town.until(case_no, lambda state: not state.deferrals[CERTIFICATES].in_doubt, "its date is reckoned anew")
    handed = await town.http.post(
        f"/cases/{case_no}/materials",
        json={"materials": [{"id": CERTIFICATES, "digest": NEW}]},
        headers=town.bearer(),
    )
    assert handed.status_code == 200, handed.text
    await town.decide(case_no, HYGIENE)
    return await finished(town, case_no)


async def shared_home(town: Town, owner: Owner) -> str:
    """The case that the registry's event began for two owners."""
    data = {"name": APPLICANT, "identity_number": owner.identity, "address": ADDRESS}
    event = {"type": "shared-transfer-registered", "id": f"shared-{owner.subject}", "data": data}
    status, answer = await town.control.event("land-registry", town.city.urls["gateway"], **event)
    assert status in (201, 202), answer
    (case_no,) = answer["cases"]
    return str(case_no)


async def confirm_for_two(town: Town, case_no: str, owner: Owner, spouse: Owner) -> None:
    """The owner names the co-owner and confirms."""
    form = {"spouse.name": CONTACT, "spouse.identity_number": spouse.identity}

    async def ask() -> httpx.Response:
        return await town.http.post(f"/cases/{case_no}/confirm", json={"form": form}, headers=owner.headers(town))

    answer = await eventually(ask, lambda found: found.status_code != 404, "the proposal")
    assert answer.status_code == 200, answer.text


async def sign_residence(town: Town, case_no: str, signer: Owner) -> httpx.Response:
    """The signer reads the declaration and signs it."""
    path = f"/cases/{case_no}/items/{RESIDENCE}/signatures"

    async def ask() -> httpx.Response:
        return await town.http.get(path, headers=signer.headers(town))

    document = await eventually(ask, lambda found: found.status_code == 200, "the declaration")
    return await town.http.post(path, json={"digest": document.json()["digest"]}, headers=signer.headers(town))


async def confirmed_and_signed(town: Town) -> str:
    """Begun by an event, confirmed by one owner, signed by both, and done."""
    owner, spouse = an_owner(), Owner(an_owner().identity, "spouse")
    case_no = await shared_home(town, owner)
    await confirm_for_two(town, case_no, owner, spouse)
    for signer in (spouse, owner):
        assert (await sign_residence(town, case_no, signer)).status_code == 200
    await town.closed(case_no)
    return case_no


PEOPLE_STORIES: dict[str, Callable[[Town], Awaitable[str]]] = {
    "mandated": mandated,
    "rested-with-deferral": rested_with_deferral,
    "event-confirmed-and-signed": confirmed_and_signed,
}
"""Every branch, under the name of its recorded history."""
