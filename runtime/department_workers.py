"""One worker per department's task queue: whatever waits for a department waits there, and holds up nobody else's.

Each holds the department's limits over all processes: the rate by Temporal's server, the concurrency by slots that are
locks in PostgreSQL. A worker that waits costs next to nothing (ADR 0015), so every department has one.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client
from temporalio.worker import FixedSizeSlotSupplier, PollerBehaviorAutoscaling, Worker, WorkerTuner

from activities.admission import Directory, InTurn
from activities.failures import OwnFailures
from activities.names import department_queue
from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.pace import Limits
from event_store.department_slots import DepartmentSlots
from runtime.slot_supplier import DepartmentSlotSupplier

_LOG = logging.getLogger("onething.worker")
_AT_ONCE: Final = 20
"""Calls of one process to a department without a limit of its own; as many connections as it has."""
_NO_RATE: Final = 100_000.0
"""Temporal's own default. Always said: a rate that is left out stays what the last worker said."""
_ONE: Final = FixedSizeSlotSupplier(1)


@dataclass(frozen=True)
class _Serving:
    limits: Limits | None
    worker: Worker
    running: asyncio.Task[None]
    slots: DepartmentSlotSupplier | None


class DepartmentWorkers:
    """The workers of all departments in force. `serve` again after a reload; `stop` at the end."""

    def __init__(
        self,
        client: Client,
        own_queue: str,
        activities: Sequence[Callable[..., Any]],
        directory: Directory,
        slots: DepartmentSlots,
        graceful_shutdown: timedelta,
    ) -> None:
        self._client = client
        self._own_queue = own_queue
        self._activities = activities
        self._directory = directory
        self._slots = slots
        self._graceful_shutdown = graceful_shutdown
        self._serving: dict[str, _Serving] = {}
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Raises when a worker ends by itself."""

    async def serve(self, departments: Mapping[str, DepartmentEntry]) -> None:
        """From now on serve these: one that is new is begun, one that is gone or has other limits is ended first."""
        changed = [
            code
            for code, serving in self._serving.items()
            if code not in departments or departments[code].limits != serving.limits
        ]
        await self._end(changed)
        for code, entry in departments.items():
            if code not in self._serving:
                self._begin(code, entry.limits)

    async def stop(self) -> None:
        """Let calls under way end."""
        await self._end(list(self._serving))

    def _begin(self, department: str, limits: Limits | None) -> None:
        most = None if limits is None else limits.concurrency
        slots = None if most is None else DepartmentSlotSupplier(self._slots, department, most)
        worker = self._worker(department, limits, slots or FixedSizeSlotSupplier(_AT_ONCE))
        running = asyncio.create_task(worker.run())
        running.add_done_callback(self._on_end)
        self._serving[department] = _Serving(limits, worker, running, slots)

    def _worker(
        self, department: str, limits: Limits | None, slots: DepartmentSlotSupplier | FixedSizeSlotSupplier
    ) -> Worker:
        return Worker(
            self._client,
            task_queue=department_queue(self._own_queue, department),
            activities=self._activities,
            interceptors=[OwnFailures(), InTurn(department, self._directory)],
            tuner=WorkerTuner.create_composite(
                workflow_supplier=_ONE, activity_supplier=slots, local_activity_supplier=_ONE, nexus_supplier=_ONE
            ),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(minimum=1, maximum=5, initial=1),
            max_task_queue_activities_per_second=(limits and limits.per_second) or _NO_RATE,
            graceful_shutdown_timeout=self._graceful_shutdown,
        )

    async def _end(self, departments: Iterable[str]) -> None:
        await asyncio.gather(*(self._end_one(self._serving.pop(code)) for code in departments))

    async def _end_one(self, serving: _Serving) -> None:
        if not serving.running.done():
            await serving.worker.shutdown()
        await asyncio.gather(serving.running, return_exceptions=True)
        if serving.slots is not None:
            await serving.slots.close()

    def _on_end(self, running: asyncio.Task[None]) -> None:
        if not running.cancelled() and (fault := running.exception()) is not None and not self.broken.done():
            self.broken.set_exception(fault)
