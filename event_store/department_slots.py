"""How many calls a department gets at once, over all processes: each slot is a lock that a session of ours holds.

PostgreSQL frees the locks of a process that was killed at once. While PostgreSQL is away nothing new is let through;
calls under way go on, and their slots are taken again when it is back (ADR 0015).
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from typing import Final, Self

import asyncpg

from event_store.errors import StoreUnavailable
from event_store.pool import StoreSettings, unavailable_when_away
from event_store.queries import load

SQL = load("department_slots")
_FREED: Final = "department_slots"
_LOOKS_AGAIN: Final = 1.0
"""Seconds. Whoever gives a slot back rings; who was killed cannot, and its slots are noticed by looking."""
_NOTICE_A_DEAD_HOST: Final = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
_LOG = logging.getLogger("onething.departments")


class DepartmentSlots:
    """The slots that this process holds, on one connection of its own. Use as ``async with``; it connects when asked.

    The connection has to be PostgreSQL's own session: a pooler between that shares sessions would share the locks.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._talking = asyncio.Lock()
        self._held: defaultdict[str, set[int]] = defaultdict(set)
        self._freed: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.close(timeout=self._settings.connect_timeout)

    async def take(self, department: str, most: int) -> int:
        """A slot of the department's ``most``, as soon as there is one."""
        while True:
            freed = self._freed[department]
            freed.clear()
            try:
                slot = await self._try(department, most)
            except StoreUnavailable as away:
                _LOG.warning("%s is not called: %s", department, away)
                await asyncio.sleep(self._settings.reconnect_interval)
                continue
            if slot is not None:
                return slot
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOKS_AGAIN):
                    await freed.wait()

    async def give_back(self, department: str, slot: int) -> None:
        """The call has ended. Without PostgreSQL the slot is free all the same: its session is gone."""
        async with self._talking:
            self._held[department].discard(slot)
            if self._connection is None or self._connection.is_closed():
                return
            try:
                with unavailable_when_away():
                    await self._connection.execute(SQL["give_back"], department, slot)
            except StoreUnavailable:
                await self._hang_up()

    async def _try(self, department: str, most: int) -> int | None:
        async with self._talking:
            held = self._held[department]
            wanted = [slot for slot in range(most) if slot not in held]
            if not wanted:
                return None
            connection = await self._connected()
            # Shielded: whoever gives up while the answer is on its way would leave a slot behind that nobody knows of.
            taking = asyncio.ensure_future(self._locked(connection, department, wanted))
            try:
                slot = await asyncio.shield(taking)
            except asyncio.CancelledError:
                await self._taken_in_vain(connection, department, taking)
                raise
            if slot is not None:
                held.add(slot)
            return slot

    async def _locked(
        self, connection: "asyncpg.Connection[asyncpg.Record]", department: str, wanted: list[int]
    ) -> int | None:
        try:
            with unavailable_when_away():
                slot: int | None = await connection.fetchval(SQL["take"], department, wanted)
        except StoreUnavailable:
            await self._hang_up()
            raise
        return slot

    async def _taken_in_vain(
        self,
        connection: "asyncpg.Connection[asyncpg.Record]",
        department: str,
        taking: "asyncio.Future[int | None]",
    ) -> None:
        with contextlib.suppress(StoreUnavailable), unavailable_when_away():
            slot = await taking
            if slot is not None:
                await connection.execute(SQL["give_back"], department, slot)

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        with unavailable_when_away():
            self._connection = await asyncpg.connect(
                self._settings.url,
                timeout=self._settings.connect_timeout,
                command_timeout=self._settings.statement_timeout,
                server_settings={**self._settings.session(), **_NOTICE_A_DEAD_HOST},
            )
            await self._connection.add_listener(_FREED, self._on_freed)
            for department, slots in self._held.items():
                for slot in slots:
                    await self._connection.fetchval(SQL["take"], department, [slot])
        return self._connection

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=1)

    def _on_freed(self, _connection: object, _pid: int, _channel: str, department: object) -> None:
        if isinstance(department, str):
            self._freed[department].set()
