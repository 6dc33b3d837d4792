"""Cases in a year whose calendar nobody knows: every date is provisional, and is reckoned anew when it has come."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from adapters.sandbox.behaviours import Operation, Received, Silent
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.clock import published_until, shanghai_date
from one_things.delivery import DeliveryStatus
from one_things.events import DeliveryOrdered
from tests.flows.companies import APPLICANT
from tests.flows.event_stories import Owner, an_owner
from tests.flows.town import Town

REVIEW, HYGIENE, SUCCESSION = "review", "hygiene-review", "succession"
INVENTORY, BOTH = "inventory", "both"
_SOME_DAYS = 14
"""Further than the first free days of a year, which are free by law in every one."""


async def proposed(town: Town, heir: Owner) -> str:
    """The case that the notary's event began: there is more than a year to confirm it."""
    data = {"name": APPLICANT, "identity_number": heir.identity}
    event = {"type": "succession-notarised", "id": f"succession-{heir.subject}", "data": data}
    status, answer = await town.control.event("civil-affairs", town.city.urls["gateway"], **event)
    assert status in (201, 202), answer
    (case_no,) = answer["cases"]
    await town.until(
        case_no, lambda state: state.phase is CasePhase.PROPOSED and not state.confirmation.in_doubt, "a day to confirm"
    )
    return str(case_no)


async def confirmed(town: Town) -> tuple[str, Owner]:
    """Confirmed when all that is published is over; the inventory follows later."""
    heir = an_owner()
    for item in (REVIEW, HYGIENE):
        await town.control.scenario(Silent(), subject=heir.identity, item=item)
    await town.control.scenario(Received(), subject=heir.identity, item=SUCCESSION)
    case_no = await proposed(town, heir)
    known = published_until() - shanghai_date(datetime.now(UTC))
    await town.skip_days(case_no, max(known.days, 0) + _SOME_DAYS)
    answer = await town.http.post(
        f"/cases/{case_no}/confirm", json={"deferred": [INVENTORY]}, headers=heir.headers(town)
    )
    assert answer.status_code == 200, answer.text
    picks_up = await town.http.post(f"/cases/{case_no}/delivery", json={"way": "pick_up"}, headers=heir.headers(town))
    assert picks_up.status_code == 200, picks_up.text
    await town.until_items(case_no, ItemStatus.ACCEPTED, REVIEW, HYGIENE)
    return case_no, heir


async def succeeded(town: Town) -> str:
    """All dates pass: of both reviews and together, of the inventory, of a silence that accepts, of the delivery."""
    case_no, _ = await confirmed(town)
    await town.skip_until(case_no, _all_passed, "the dates of the reviews and of the inventory")
    assert (await town.settle(case_no, REVIEW)).status_code == 200
    for item in (REVIEW, HYGIENE):
        await town.decide(case_no, item)
    await town.until_items(case_no, ItemStatus.RECEIVED, SUCCESSION)
    await town.skip_until(case_no, lambda state: state.items[SUCCESSION].deemed_accepted, "silence accepts")
    await town.until_items(case_no, ItemStatus.ACCEPTED, SUCCESSION)
    await town.control.scenario(Silent(), item=SUCCESSION, operation=Operation.DELIVER.value)
    await town.decide(case_no, SUCCESSION)
    await town.until_event(case_no, DeliveryOrdered, SUCCESSION)
    await town.skip_until(case_no, _escalated, "the delivery is late, and a level above knows")
    for act in ("ready_for_pick_up", "picked_up"):
        answer = await town.act(case_no, SUCCESSION, act)
        assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def not_confirmed(town: Town) -> str:
    """Nobody confirms, and no calendar is published by the day on which the proposal lapses."""
    case_no = await proposed(town, an_owner())
    await town.skip_until(case_no, lambda state: state.phase is CasePhase.CLOSED, "the proposal lapses")
    await town.closed(case_no)
    return case_no


def _all_passed(state: CaseState) -> bool:
    reviews = all(state.items[item].watch.breached for item in (REVIEW, HYGIENE))
    deferral = state.deferrals.get(INVENTORY)
    return reviews and state.joint[BOTH].watch.breached and deferral is not None and deferral.missed


def _escalated(state: CaseState) -> bool:
    delivery = state.deliveries[SUCCESSION]
    return delivery.status is DeliveryStatus.PREPARING and bool(delivery.watch.escalated)


UNPUBLISHED_STORIES: dict[str, Callable[[Town], Awaitable[str]]] = {
    "unpublished-year": succeeded,
    "proposal-lapsed-in-an-unpublished-year": not_confirmed,
}
"""Every branch, under the name of its recorded history."""
