"""Connections that were given up, while a call may still be under way on them."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final

LINGERS_SECONDS: Final = 180.0
"""So long they stay open: longer than a call that was under way may take."""


class Lingering:
    """Closes what is given up a while later; for one event loop."""

    def __init__(self, seconds: float = LINGERS_SECONDS) -> None:
        self._seconds = seconds
        self._closing: dict[asyncio.Task[None], AsyncExitStack] = {}

    def give_up(self, connections: AsyncExitStack) -> None:
        """Nobody begins anything on these any more."""
        task = asyncio.create_task(self._close_later(connections))
        self._closing[task] = connections
        task.add_done_callback(lambda done: self._closing.pop(done, None))

    async def close(self) -> None:
        """Close all of them now."""
        lingering = dict(self._closing)
        for task in lingering:
            task.cancel()
        await asyncio.gather(*lingering, return_exceptions=True)
        for connections in lingering.values():
            await connections.aclose()

    async def _close_later(self, connections: AsyncExitStack) -> None:
        await asyncio.sleep(self._seconds)
        await connections.aclose()
