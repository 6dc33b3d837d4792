"""What has to be done by hand while a case goes on, as the trial of a bundle plays it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import httpx

from one_things.case import CaseState
from one_things.definition import Bundle
from one_things.hand_in import waiting_for_applicant
from runtime.authoring.sample_form import SAMPLE_DIGEST
from runtime.embedded.city import City


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


def acts_on_the_way(bundle: Bundle, state: CaseState, doors: Doors) -> Iterator[Act]:
    """What the case waits for a person to do, as it stands now."""
    for item, missing in waiting_for_applicant(state).items():
        yield _hand_in(state, item, missing, doors)


def _hand_in(state: CaseState, item: str, missing: tuple[str, ...], doors: Doors) -> Act:
    async def do() -> None:
        materials = [{"id": material, "digest": SAMPLE_DIGEST} for material in missing]
        await _sent(doors.gateway.post(f"/cases/{state.case_no}/materials", json={"materials": materials}))

    return Act(f"hand-in:{item}", f"the applicant hands in {', '.join(missing)} for {item}", do)


async def _sent(sending: Awaitable[httpx.Response]) -> None:
    answer = await sending
    if answer.is_error:
        raise ActRefused(f"{answer.request.url.path}: {answer.text}")
