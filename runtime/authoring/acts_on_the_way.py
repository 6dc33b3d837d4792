"""What has to be done by hand while a case goes on, as the trial of a bundle plays it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import NamedTuple

import httpx
from pydantic import JsonValue

from one_things.case import CaseState
from one_things.hand_in import waiting_for_applicant
from one_things.planned_parties import PlannedParty
from runtime.authoring.sample_form import SAMPLE_DIGEST
from runtime.embedded.city import City
from security.tokens import Role


class ActRefused(Exception):
    """What the trial wanted to do was refused; the message says by what."""

    code = "act-refused"


class Doors(NamedTuple):
    """Where acts are handed in: the gateway as the applicant, the control of the sandbox, and the city's secrets."""

    gateway: httpx.AsyncClient
    control: httpx.AsyncClient
    city: City


class Act(NamedTuple):
    """One act: done once for each ``key``."""

    key: str
    said: str
    do: Callable[[], Awaitable[None]]


def acts_on_the_way(state: CaseState, form: Mapping[str, JsonValue], doors: Doors) -> Iterator[Act]:
    """What the case waits for a person to do, as it stands now. Institutions sign through the sandbox by themselves."""
    yield from _signatures(state, form, doors)
    for item, missing in waiting_for_applicant(state).items():
        yield _hand_in(state, item, missing, doors)


def _signatures(state: CaseState, form: Mapping[str, JsonValue], doors: Doors) -> Iterator[Act]:
    """Every person who has not signed yet, each signed in as the one whom the form names."""
    for planned in state.plan.items:
        signing = state.items[planned.id].signing
        if planned.signing is None or signing is None or not state.items[planned.id].awaits_signatures:
            continue
        for party in state.plan.parties:
            if party.identity is None or party.id not in planned.signing.parties or signing.signed(party.id):
                continue
            yield _sign(state, planned.id, party, str(form[party.identity]), signing.digest, doors)


def _sign(state: CaseState, item: str, party: PlannedParty, number: str, digest: str, doors: Doors) -> Act:
    async def do() -> None:
        token = doors.city.secrets.token(f"{party.id}-of-the-trial", Role.APPLICANT, identity=number)
        await _sent(
            doors.gateway.post(
                f"/cases/{state.case_no}/items/{item}/signatures",
                json={"digest": digest, "party": party.id},
                headers={"Authorization": f"Bearer {token}"},
            )
        )

    return Act(f"sign:{item}:{party.id}:{digest}", f"{party.id} signs for {item}", do)


def _hand_in(state: CaseState, item: str, missing: tuple[str, ...], doors: Doors) -> Act:
    async def do() -> None:
        materials = [{"id": material, "digest": SAMPLE_DIGEST} for material in missing]
        await _sent(doors.gateway.post(f"/cases/{state.case_no}/materials", json={"materials": materials}))

    return Act(f"hand-in:{item}", f"the applicant hands in {', '.join(missing)} for {item}", do)


async def _sent(sending: Awaitable[httpx.Response]) -> None:
    answer = await sending
    if answer.is_error:
        raise ActRefused(f"{answer.request.url.path}: {answer.text}")
