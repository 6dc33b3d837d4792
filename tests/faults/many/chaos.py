"""What goes wrong on our side and beside us: worker and gateway are killed, whole departments go away for a moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

import httpx

from adapters.sandbox.behaviours import Down
from tests.flows.town import Town

_OURS = ("worker", "serve")


class Chaos:
    """Counts what it did."""

    def __init__(self, town: Town, seed: int, departments: Sequence[str]) -> None:
        self._town = town
        self._dice = Random(f"{seed}:chaos")
        self._departments = departments
        self.done: Counter[str] = Counter()

    @asynccontextmanager
    async def raging(self) -> AsyncIterator[None]:
        """Until the end of the context; then everything is up again."""
        raging = [asyncio.create_task(self._kill()), asyncio.create_task(self._take_away())]
        try:
            yield
        finally:
            for one in raging:
                one.cancel()
            ended = await asyncio.gather(*raging, return_exceptions=True)
            for role in _OURS:
                await self._town.city.until_ready(role)
            for fault in ended:
                if not isinstance(fault, asyncio.CancelledError):
                    raise fault if isinstance(fault, BaseException) else AssertionError("chaos has no end")

    async def _kill(self) -> None:
        """One or both, every few seconds; what comes back has at least as long to get on as its start has taken."""
        clock, took = asyncio.get_running_loop().time, 0.0
        while True:
            await asyncio.sleep(max(took, self._dice.uniform(3, 7)))
            began = clock()
            victims = self._dice.choice((*((one,) for one in _OURS), _OURS))
            for role in victims:
                await self._town.city.kill(role)
                self.done[f"{role} killed"] += 1
            for role in victims:
                await self._town.city.until_ready(role)
            took = clock() - began

    async def _take_away(self) -> None:
        """One department at a time, for a second or two."""
        while True:
            await asyncio.sleep(self._dice.uniform(1, 4))
            department = self._dice.choice(self._departments)
            try:
                await self._town.control.department(department, Down())
                self.done["departments away"] += 1
                await asyncio.sleep(self._dice.uniform(0.5, 2))
            finally:
                await self._back(department)

    async def _back(self, department: str) -> None:
        try:
            await self._town.control.reset_department(department)
        except httpx.TransportError as gone:
            raise AssertionError("the departments themselves are not killed here") from gone
