"""SIGKILL while materials follow, parties sign, and a proposal becomes a case: nothing is lost, nothing is doubled."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from adapters.sandbox.behaviours import LostReply, Operation, Silent
from adapters.sandbox.journal import SeenCall
from one_things.case import ItemStatus
from one_things.events import (
    CaseConfirmed,
    CaseOutcome,
    MaterialHandedIn,
    MaterialSupplied,
    SignatureGiven,
    SignatureRequested,
    SigningBegan,
)
from tests.faults.test_killed import assert_whole
from tests.flows import event_stories, sales, shop_stories
from tests.flows.companies import PHONE
from tests.flows.event_stories import Owner, an_owner
from tests.flows.sales import CONTRACT, Sale
from tests.flows.shop_stories import CERTIFICATES, HYGIENE, PHOTOS, REGISTRATION, hand_in, shop
from tests.flows.soundness import assert_sound
from tests.flows.town import Town, eventually, of_kind


class OnTheWay:
    """A material that its department has taken without saying so, half a signing, a proposal, and an event."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._opening = shop(deferred=[CERTIFICATES])
        self._sale = Sale()
        self._owner, self._another = an_owner(), an_owner()
        self._shop = self._sold = self._proposed = ""
        self._acts: list[asyncio.Task[Any]] = []

    async def begin(self) -> None:
        """Bring every case to its moment."""
        town = self._town
        await town.switch(self._opening, HYGIENE, Silent())
        await town.switch(self._opening, HYGIENE, LostReply(delay_seconds=3600), Operation.SUPPLY)
        self._shop = await shop_stories.apply(town, self._opening)
        self._sold = await sales.apply(town, self._sale)
        self._proposed = await event_stories.proposed(town, self._owner)
        await town.until_items(self._shop, ItemStatus.ACCEPTED, HYGIENE)
        digest = (await sales.read(town, self._sold, self._sale.seller))["digest"]
        assert (await sales.sign(town, self._sold, self._sale.seller, digest, "seller")).status_code == 200
        assert (await hand_in(town, self._shop, CERTIFICATES)).status_code == 200
        await self._supplied()
        # What everybody does while it dies, again and again until there is an answer.
        self._acts = [
            asyncio.create_task(counted(lambda: hand_in(town, self._shop, CERTIFICATES))),
            asyncio.create_task(counted(lambda: sales.sign(town, self._sold, self._sale.buyer, digest, "buyer"))),
            asyncio.create_task(counted(self._confirm)),
            asyncio.create_task(self._event_told()),
        ]
        await asyncio.sleep(0)  # so that the requests are on their way

    async def _supplied(self) -> None:
        """The department holds the certificates; what our side knows of that does not matter."""

        async def taken() -> list[str]:
            return [call.key for call in await self._supplies() if call.effect]

        await eventually(taken, bool, f"the certificates of {self._shop} supplied")

    async def _supplies(self) -> list[SeenCall]:
        return [call for call in (await self._town.journal(self._shop)).calls if call.kind == "supply"]

    async def _confirm(self) -> httpx.Response:
        path, body = f"/cases/{self._proposed}/confirm", {"form": {"owner.phone": PHONE}}
        return await self._town.http.post(path, json=body, headers=self._owner.headers(self._town))

    async def _event_told(self) -> str:
        """The registry tells its event until it is taken; the number of the one case that it began."""

        async def tell() -> httpx.Response:
            told = {"gateway": self._town.city.urls["gateway"], **self._another.event}
            return await self._town.control._client.post("/departments/land-registry/events", json=told)

        def is_taken(told: httpx.Response) -> bool:
            return told.status_code == 200 and told.json()["status"] in (200, 201, 202)

        told = await eventually(tell, is_taken, "the event taken")
        (case_no,) = json.loads(told.json()["answer"])["cases"]
        return str(case_no)

    async def end(self) -> None:
        """See every case to its end: each act counted once."""
        *_, begun = await asyncio.gather(*self._acts)
        await self._shop_opens()
        await self._house_is_sold()
        await self._owner_moves_in(self._proposed, self._owner)
        await event_stories.confirm(self._town, begun, self._another)
        await self._owner_moves_in(begun, self._another)

    async def _shop_opens(self) -> None:
        town = self._town
        await town.until_event(self._shop, MaterialSupplied, HYGIENE)
        await town.decide(self._shop, HYGIENE)
        await town.until_items(self._shop, ItemStatus.APPROVED, REGISTRATION)
        assert (await hand_in(town, self._shop, PHOTOS)).status_code == 200
        assert (await assert_sound(town, self._shop)).outcome is CaseOutcome.COMPLETED
        events = town.events(self._shop)
        assert Counter(event.material for event in of_kind(events, MaterialHandedIn)) == {CERTIFICATES: 1, PHOTOS: 1}
        assert len(of_kind(events, MaterialSupplied)) == 1
        assert sum(call.effect for call in await self._supplies()) == 1

    async def _house_is_sold(self) -> None:
        assert (await assert_sound(self._town, self._sold)).outcome is CaseOutcome.COMPLETED
        events = self._town.events(self._sold)
        assert [event.round for event in of_kind(events, SigningBegan, CONTRACT)] == [1]
        signed = Counter(event.party for event in of_kind(events, SignatureGiven))
        assert signed == {"seller": 1, "buyer": 1, "old-bank": 1, "new-bank": 1}
        assert all(
            times == 1 for times in Counter(asked.party for asked in of_kind(events, SignatureRequested)).values()
        )

    async def _owner_moves_in(self, case_no: str, owner: Owner) -> None:
        town = self._town
        assert (await town.closed(case_no)).outcome is CaseOutcome.COMPLETED
        assert await town.cases.handle(case_no).result() == CaseOutcome.COMPLETED
        assert len(of_kind(town.events(case_no), CaseConfirmed)) == 1
        assert all(seen.effects == 1 for seen in (await town.journal(case_no)).keys)
        told_again = await town.control.event("land-registry", town.city.urls["gateway"], **owner.event)
        assert told_again == (200, {"outcome": "repeat", "cases": [case_no]}), "one event, one case"


async def counted(act: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Say it until it is answered: it counted, or it had counted already."""
    await eventually(act, lambda answer: answer.status_code == 200, "an answer")


@pytest.mark.parametrize("role", ["worker", "serve"])
async def test_what_was_on_its_way_arrives_once(town: Town, role: str) -> None:
    on_the_way = OnTheWay(town)
    await on_the_way.begin()
    await town.city.kill(role)
    await town.city.until_ready(role)
    await on_the_way.end()
    await assert_whole(town)
