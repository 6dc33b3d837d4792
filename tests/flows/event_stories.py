"""Cases that a department's event begins, and linked changes that fail alone: one function per branch."""

import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from stdnum.cn import ric

from adapters.sandbox.behaviours import Behaviour, Down, Refuse, Silent
from one_things.case import CasePhase, ItemStatus
from one_things.events import DepartmentUnreachable
from security.tokens import Role
from tests.flows.companies import ADDRESS, APPLICANT, PHONE
from tests.flows.directory import Directory
from tests.flows.town import Town

_SERIALS = itertools.count(1)
WATER, POWER = "water-account", "power-account"
SELDOM = {"first_seconds": 0.5, "factor": 10.0, "longest_seconds": 86_400.0}
"""So few retries that a day goes by in a moment."""


@dataclass(frozen=True)
class Owner:
    """Somebody who bought a home, with an identity number of their own."""

    identity: str
    subject: str

    def headers(self, town: Town) -> dict[str, str]:
        """A token whose issuer has verified who they are."""
        token = town.city.secrets.token(self.subject, Role.APPLICANT, identity=self.identity)
        return {"Authorization": f"Bearer {token}"}

    @property
    def event(self) -> dict[str, Any]:
        """What the land registry says of them."""
        data = {"name": APPLICANT, "identity_number": self.identity, "address": ADDRESS, "registered_on": "2026-03-02"}
        return {"type": "transfer-registered", "id": f"registered-{self.subject}", "data": data}


def an_owner() -> Owner:
    serial = next(_SERIALS)
    number = f"44190119800101{serial:03d}0"
    return Owner(number[:-1] + ric.calc_check_digit(number), f"owner-{serial}")


async def proposed(town: Town, owner: Owner) -> str:
    """The case that the registry's event began."""
    status, answer = await town.control.event("land-registry", town.city.urls["gateway"], **owner.event)
    assert status in (201, 202), answer
    (case_no,) = answer["cases"]
    await town.until(
        case_no, lambda state: state.phase is CasePhase.PROPOSED and not state.confirmation.in_doubt, "a day to confirm"
    )
    return str(case_no)


async def confirm(town: Town, case_no: str, owner: Owner) -> None:
    """Its owner adds the phone number and confirms."""
    answer = await town.http.post(
        f"/cases/{case_no}/confirm", json={"form": {"owner.phone": PHONE}}, headers=owner.headers(town)
    )
    assert answer.status_code == 200, answer.text


async def switched(town: Town, owner: Owner, item: str, behaviour: Behaviour) -> None:
    """The department treats this item of this owner so."""
    await town.control.scenario(behaviour, subject=owner.identity, item=item)


async def confirmed(town: Town) -> str:
    """Begun by an event, confirmed, and done."""
    owner = an_owner()
    case_no = await proposed(town, owner)
    await confirm(town, case_no, owner)
    await town.closed(case_no)
    return case_no


async def declined(town: Town) -> str:
    """Begun by an event; its owner does not want it."""
    owner = an_owner()
    case_no = await proposed(town, owner)
    answer = await town.http.post(f"/cases/{case_no}/cancel", json={}, headers=owner.headers(town))
    assert answer.status_code == 200, answer.text
    await town.closed(case_no)
    return case_no


async def not_confirmed(town: Town) -> str:
    """Begun by an event, and nobody confirms it."""
    case_no = await proposed(town, an_owner())
    await town.skip_until(case_no, lambda state: state.phase is CasePhase.CLOSED, "the proposal lapses")
    await town.closed(case_no)
    return case_no


async def linked_refused(town: Town) -> str:
    """The waterworks refuse after the pivot: that fails alone."""
    owner = an_owner()
    await switched(town, owner, WATER, Refuse(code="debts", reason="原户主欠费（模拟）", delay_seconds=0.05))
    case_no = await proposed(town, owner)
    await confirm(town, case_no, owner)
    await town.until_items(case_no, ItemStatus.REFUSED, WATER)
    await town.closed(case_no)
    return case_no


async def linked_given_up(town: Town) -> str:
    """The waterworks answer nothing for a day: their change is given up alone, and what they say then is too late."""
    directory = Directory(town)
    await directory.becomes(directory.with_more("water", retries=SELDOM))
    try:
        owner = an_owner()
        await switched(town, owner, WATER, Down())
        await switched(town, owner, POWER, Silent())
        case_no = await proposed(town, owner)
        await confirm(town, case_no, owner)
        await town.until_event(case_no, DepartmentUnreachable, WATER)
        await town.until_items(case_no, ItemStatus.ACCEPTED, POWER)
        await town.skip_until(case_no, lambda state: state.items[WATER].status is ItemStatus.LAPSED, "it is given up")
        decision = {"decision_id": "at-last", "case_no": case_no, "item": WATER, "attempt": 1, "verdict": "approved"}
        answer = await town.send_decision("water", json.dumps(decision).encode())
        assert (answer.status_code, answer.json()["code"]) == (409, "too-late"), answer.text
        await town.decide(case_no, POWER)
    finally:
        await directory.becomes(directory.as_it_was)
    await town.closed(case_no)
    return case_no


EVENT_STORIES: dict[str, Callable[[Town], Awaitable[str]]] = {
    "event-confirmed": confirmed,
    "event-declined": declined,
    "event-not-confirmed": not_confirmed,
    "linked-change-refused": linked_refused,
    "linked-change-given-up": linked_given_up,
    "linked-change-given-up-and-decided-too-late": linked_given_up,
}
"""Every branch, under the name of its recorded history."""
