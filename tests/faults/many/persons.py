"""The people of one case: they apply, sign, answer and settle until it is closed, however often a door is shut."""

import asyncio
import contextlib
from collections.abc import Iterator
from uuid import uuid4

import httpx

from one_things.case import CasePhase, CaseState
from one_things.escrow import left_over
from one_things.events import TaskKind
from one_things.money import yuan_of
from runtime.authoring.acts_on_the_way import Act, ActRefused, Doors, Stage, acts_on_the_way
from runtime.authoring.plays import Plays
from runtime.demo.time_skipping import waits_until
from tests.faults.many.errands import Errand
from tests.faults.many.foretold import Foretold
from tests.flows.town import FollowedCase, Town

_AGAIN = 0.3
"""Seconds until somebody whose act was not taken tries again, or looks whether anything has happened."""


class Persons:
    """Whoever acts in one case."""

    def __init__(self, town: Town, doors: Doors, errand: Errand, foretold: Foretold) -> None:
        self._town = town
        self._stage = Stage(doors, errand.bundle, errand.application, Plays())
        self._errand = errand
        self._foretold = foretold

    async def applied(self) -> str:
        """The number of the case: the same application under the same key, until it is taken."""
        headers = {**self._town.bearer(), "Idempotency-Key": uuid4().hex}
        while True:
            try:
                answer = await self._town.http.post("/cases", json=self._errand.body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(_AGAIN)
                continue
            if answer.status_code in (200, 201, 202):
                return str(answer.json()["case_no"])
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(_AGAIN)

    async def until_closed(self, case_no: str, patience: float) -> CaseState | None:
        """Act on whatever the case waits for; its waiting days are skipped. None when nothing happens for too long."""
        clock, seen = asyncio.get_running_loop().time, 0
        happened = clock()
        while clock() - happened < patience:
            state = self._town.follower.case(case_no).state
            if state is not None and state.phase is CasePhase.CLOSED:
                return state
            if state is not None:
                if state.version != seen:
                    seen, happened = state.version, clock()
                await self._act(state)
            await self._until_it_grows(case_no, seen)
        return None

    async def _until_it_grows(self, case_no: str, seen: int) -> None:
        def has_grown(case: FollowedCase) -> bool:
            return case.state is not None and case.state.version > seen

        with contextlib.suppress(TimeoutError):
            await self._town.follower.grown(case_no, has_grown, _AGAIN)

    async def _act(self, state: CaseState) -> None:
        for act in (*acts_on_the_way(state, self._stage), *self._money(state)):
            try:
                await act.do()
            except (httpx.TransportError, ActRefused):
                continue  # the case has moved on, or nobody is there: whatever is still to do is seen on the next look
        until = waits_until(state)
        if until is not None and not any(self._foretold.objects(item) for item in state.items):
            await self._town.machine.skip(state, until)

    def _money(self, state: CaseState) -> Iterator[Act]:
        """An operator pays out by hand what is left in escrow."""
        for task in state.tasks:
            if task.kind is not TaskKind.MONEY_LEFT:
                continue
            amount = yuan_of(left_over(state)[task.item])
            voucher = {"amount": amount, "reference": f"BY-HAND:{state.case_no}:{task.item}"}
            path = f"/cases/{state.case_no}/items/{task.item}/settle"

            async def pay(path: str = path, voucher: dict[str, str] = voucher) -> None:
                note = {"note": "已线下支付（模拟）", "payment": voucher}
                answer = await self._town.http.post(path, json=note, headers=self._town.operator())
                if answer.is_error:
                    raise ActRefused(answer.text)

            yield Act(f"pay:{task.item}", "an operator pays by hand", pay)
