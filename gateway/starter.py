"""Starts what could not be started at once: the leftovers of the outbox, and notes on what has been started."""

import asyncio
import logging
from datetime import timedelta

from event_store.errors import StoreError, StoreUnavailable
from event_store.intake import PendingStart
from gateway.errors import CaseNotFound
from gateway.open_case import read_opening
from gateway.services import GatewayServices
from observability import metrics
from security.sealing import CaseKeyErased
from workflows.handles import OrchestratorUnavailable

_LOG = logging.getLogger(__name__)
_BATCH = 50
_TOGETHER = 0.5
"""Seconds in which starts gather to be noted at once; less than a leftover is old."""


class Starter:
    """Keeps the outbox empty. Any number of processes may run one: starting a case again changes nothing."""

    def __init__(self, services: GatewayServices) -> None:
        self._services = services
        self._started: asyncio.Queue[str] = asyncio.Queue()

    def started(self, case_no: str) -> None:
        """Note, off the path of the request, that this case's workflow runs."""
        self._started.put_nowait(case_no)

    async def note_started(self) -> None:
        """Take started cases out of the outbox, without end. What cannot be noted now is found again as a leftover."""
        while True:
            started = [await self._started.get()]
            await asyncio.sleep(_TOGETHER)
            while not self._started.empty():
                started.append(self._started.get_nowait())
            try:
                await self._services.intake.mark_started(started)
            except StoreError as error:
                _LOG.warning("the start of %s could not be noted: %s", ", ".join(started), error)

    async def start_leftovers(self) -> None:
        """Look for leftovers at intervals, without end."""
        while True:
            await asyncio.sleep(self._services.settings.leftover_interval)
            try:
                await self.start_all()
            except (StoreUnavailable, OrchestratorUnavailable) as error:
                _LOG.warning("starting what was left over waits: %s", error)

    async def start_all(self) -> int:
        """Start what was left over; how many cases that were, those included that cannot be started.

        Raises StoreUnavailable, OrchestratorUnavailable.
        """
        age = timedelta(seconds=self._services.settings.leftover_age)
        pending = await self._services.intake.unstarted(age, _BATCH)
        metrics.STARTER_BACKLOG.set(len(pending))
        for start in pending:
            await self._try(start)
        return len(pending)

    async def _try(self, start: PendingStart) -> None:
        """One that fails holds back none of the younger ones; only where none can succeed the round ends."""
        try:
            await self._start(start)
        except StoreUnavailable:
            raise
        except OrchestratorUnavailable as error:
            if not await self._services.cases.reachable():
                raise
            _LOG.warning("%s: could not be started: %s", start.case_no, error)
        except Exception:
            _LOG.exception("%s: could not be started", start.case_no)

    async def _start(self, start: PendingStart) -> None:
        try:
            opening = await read_opening(self._services, start.case_no, start.payload)
        except (CaseKeyErased, CaseNotFound):
            # Erased before it began: nobody can know any more what was applied for.
            _LOG.warning("%s: its key is destroyed, so it is not started", start.case_no)
        else:
            await self._services.cases.start(start.workflow_type, opening)
        await self._services.intake.mark_started([start.case_no])
