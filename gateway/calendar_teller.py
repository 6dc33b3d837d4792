"""Tells open cases with provisional dates that a calendar was published, until none is left that does not know.

What was told is read off the cases themselves, so nothing is lost with a process: whoever is killed in the middle, the
next round, here or in another gateway, goes on. Telling a case twice changes nothing.
"""

import asyncio
import logging

from event_store.calendars import Calendars
from event_store.errors import StoreUnavailable
from gateway.services import CaseHandles
from observability.correlation import bind
from one_things.commands import LearnCalendar
from one_things.faults import CommandRefused
from workflows.handles import CaseNotRunning, OrchestratorUnavailable

_LOG = logging.getLogger(__name__)
_PAGE = 200
_AT_ONCE = 8


class CalendarTeller:
    """Looks for such cases at intervals. Any number of processes may run one."""

    def __init__(self, calendars: Calendars, cases: CaseHandles, interval: float) -> None:
        self._calendars = calendars
        self._cases = cases
        self._interval = interval

    async def run(self) -> None:
        """Look and tell, without end."""
        while True:
            try:
                await self.tell_all()
            except (StoreUnavailable, OrchestratorUnavailable) as error:
                _LOG.warning("telling cases of the calendar waits: %s", error)
            await asyncio.sleep(self._interval)

    async def tell_all(self) -> int:
        """One round; how many cases were told. Raises StoreUnavailable, OrchestratorUnavailable."""
        publication = await self._calendars.newest()
        if publication == 0:
            return 0
        told, after = 0, ""
        while page := await self._calendars.waiting(publication, after, _PAGE):
            turns = asyncio.Semaphore(_AT_ONCE)
            telling = (self._tell(case_no, publication, turns) for case_no in page)
            for outcome in await asyncio.gather(*telling, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome  # once all of them have ended: none goes on behind our back
                told += outcome
            after = page[-1]
        if told:
            _LOG.info("publication %d of the calendar: %d cases were told", publication, told)
        return told

    async def _tell(self, case_no: str, publication: int, turns: asyncio.Semaphore) -> int:
        async with turns:
            with bind(case_no=case_no):
                try:
                    receipt = await self._cases.learn_calendar(case_no, LearnCalendar(publication=publication))
                except (CaseNotRunning, CommandRefused):
                    return 0  # it ended meanwhile, and the list does not show it yet
        return int(receipt.outcome == "counted")
