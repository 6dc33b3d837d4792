"""Tells metrics and the database how the departments that this process calls are doing."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final

from adapters.breaker import Breaker, BreakerState
from adapters.port import UnknownCause
from adapters.standing import Breakers
from event_store.department_health import DepartmentHealth, Tally, Trouble
from event_store.errors import StoreUnavailable
from observability import metrics

_LOG = logging.getLogger("onething.departments")
_BETWEEN_NOTES: Final = 10.0
"""Seconds; a change of a breaker is told at once."""


class HealthKeeper:
    """Hears of every call and every breaker, and writes down what came of them."""

    def __init__(self, health: DepartmentHealth) -> None:
        self._health = health
        self._process = f"{socket.gethostname()}:{os.getpid()}"
        self._calls: dict[str, Tally] = {}
        self._changed = asyncio.Event()
        self.breakers = Breakers(self._on_change, self._on_call)

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Keep telling while this lasts; at the end this process leaves nobody alone any more."""
        task = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with suppress(StoreUnavailable):
                await self._health.note(self._process, (), self._calls)

    async def _keep(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_BETWEEN_NOTES):
                    await self._changed.wait()
            self._changed.clear()
            calls, self._calls = self._calls, {}
            try:
                await self._health.note(self._process, self._troubles(), calls)
            except StoreUnavailable:
                for department, tally in calls.items():
                    self._add(department, tally)
                await asyncio.sleep(_BETWEEN_NOTES)

    def _troubles(self) -> list[Trouble]:
        return [
            Trouble(
                department=department,
                state=str(breaker.state),
                since=breaker.since or datetime.now(UTC),
                failures=breaker.failures,
                cause=str(breaker.cause or UnknownCause.UNREACHABLE),
                probes_in=breaker.probes_in().total_seconds(),
            )
            for department, breaker in self.breakers
            if breaker.state is not BreakerState.CLOSED
        ]

    def _on_change(self, department: str, breaker: Breaker) -> None:
        for state in BreakerState:
            metrics.BREAKER.labels(department, state).set(state is breaker.state)
        if breaker.state is BreakerState.OPEN:
            _LOG.warning("%s: %d calls in a row without an answer (%s)", department, breaker.failures, breaker.cause)
        self._changed.set()

    def _on_call(self, department: str, cause: UnknownCause | None) -> None:
        metrics.CALLS.labels(department, "answered" if cause is None else str(cause)).inc()
        self._add(department, Tally(1, int(cause is not None)))

    def _add(self, department: str, tally: Tally) -> None:
        before = self._calls.get(department, Tally(0, 0))
        self._calls[department] = Tally(before.calls + tally.calls, before.failures + tally.failures)
