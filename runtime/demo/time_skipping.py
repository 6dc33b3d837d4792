"""Waiting days are skipped: which wait may be, and the skip itself, by Temporal's own time skipping.

Only the end of a public notice is skipped to, and only when the case waits for nothing else: what a department or a
person has to answer takes the time that it takes.
"""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import EndNotice, FastForward
from one_things.faults import CommandRefused
from one_things.steps import deadlines, next_steps
from workflows.handles import CaseNotRunning, OrchestratorUnavailable, TemporalCases

_SOMEBODY_ACTS = frozenset({ItemStatus.SUBMITTED, ItemStatus.ACCEPTED, ItemStatus.CORRECTION})
_PATIENCE = 30.0  # seconds for one skip; it takes a tenth of one
_PASSING = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.NOT_FOUND})


class TimeStandsStill(Exception):
    """This server, or this case, runs in real time: days of waiting cannot be skipped."""

    code = "time-stands-still"


def waits_until(state: CaseState) -> datetime | None:
    """The end of the public notice, when the case waits for it and for nothing else; None otherwise."""
    if state.phase is not CasePhase.OPEN or state.tasks or next_steps(state):
        return None
    if any(item.status in _SOMEBODY_ACTS for item in state.items.values()):
        return None
    upcoming = deadlines(state)
    return upcoming[0].at if upcoming and isinstance(upcoming[0].command, EndNotice) else None


class TimeMachine:
    """Moves single cases ahead. What it does may be repeated: it goes by the case's clock as Temporal keeps it."""

    def __init__(self, client: Client, cases: TemporalCases) -> None:
        self._skipper = TimeSkipper(client)
        self._cases = cases

    async def skip(self, state: CaseState, until: datetime) -> None:
        """Move the case to ``until``, with an event that says so. Without effect while Temporal or the case is away.

        The event goes first; a skip that was interrupted after it is completed by the next call, without another
        event. Raises TimeStandsStill.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._skip(state, until)
        except (TimeoutError, CaseNotRunning, OrchestratorUnavailable):
            return
        except CommandRefused as refused:
            if refused.code == "real-time":
                raise TimeStandsStill(f"{state.case_no}: {refused}") from None
        except RPCError as error:
            if error.status not in _PASSING:
                raise TimeStandsStill(f"this Temporal server does not skip time: {error.message}") from None

    async def _skip(self, state: CaseState, until: datetime) -> None:
        handle = self._cases.handle(state.case_no)
        now = await self._skipper.get_current_time(handle)
        seconds = math.ceil((until - now).total_seconds())
        if seconds <= 0:
            return  # its time has come: the case goes on by itself
        ahead = round((now - datetime.now(UTC)).total_seconds()) + seconds
        if ahead > state.seconds_ahead:
            await self._cases.fast_forward(state.case_no, FastForward(seconds=ahead - state.seconds_ahead))
        await self._skipper.fast_forward(handle, seconds)
