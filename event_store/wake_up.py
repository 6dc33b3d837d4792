"""Who follows the record sleeps until PostgreSQL rings, and looks now and then in case a ring was lost."""

import asyncio
import contextlib
from typing import Self

import asyncpg

from event_store.pool import StoreSettings, unavailable_when_away

APPENDED = "events_appended"
"""Rung by every append, with the case number."""

PROJECTED = "events_projected"
"""Rung by every step of a projection, with its name and the position it reached."""

_SHORTEST_NAP = 0.005  # seconds


class WakeUp:
    """One connection that listens on one channel. Use as ``async with``; it connects, and reconnects, in ``listen``."""

    def __init__(self, settings: StoreSettings, channel: str) -> None:
        self._settings = settings
        self._channel = channel
        self._rung = asyncio.Event()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._nap = _SHORTEST_NAP

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.remove_termination_listener(self._on_lost)
            # Closing is a courtesy: the server may be gone, or the caller be cancelled while it waits.
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.close(timeout=self._settings.connect_timeout)

    async def listen(self) -> None:
        """Call before each look: what commits after it, rings. Raises StoreUnavailable."""
        self._rung.clear()
        if self._connection is not None and not self._connection.is_closed():
            return
        with unavailable_when_away():
            self._connection = await asyncpg.connect(
                self._settings.url,
                timeout=self._settings.connect_timeout,
                command_timeout=self._settings.statement_timeout,
                server_settings=self._settings.session(),
            )
            self._connection.add_termination_listener(self._on_lost)
            await self._connection.add_listener(self._channel, self._on_ring)

    async def rest(self, *, held_back: bool) -> None:
        """Waits for the next ring, the next poll or the loss of the connection, whichever comes first.

        ``held_back`` says that there is something which an older running transaction does not let us read yet. Its
        end rings only if it appended; so the naps are short at first and grow up to the poll interval.
        """
        self._nap = min(self._nap * 2, self._settings.poll_interval) if held_back else _SHORTEST_NAP
        await self._wait(self._nap if held_back else self._settings.poll_interval)

    async def recover(self) -> None:
        """Waits a moment after PostgreSQL was found to be away."""
        await asyncio.sleep(self._settings.reconnect_interval)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()

    def _on_ring(self, *_: object) -> None:
        self._rung.set()

    def _on_lost(self, *_: object) -> None:
        self._rung.set()
