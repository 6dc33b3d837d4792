"""The cases of the demonstration as they stand: folded from the record, and followed as it grows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from event_store.record import BEGINNING, Recorded
from event_store.store import EventStore
from one_things.case import CasePhase, CaseState
from one_things.events import CaseClosed, Event, event_from_json
from one_things.evolving import evolve

Hear = Callable[[CaseState, Event], None]
_CLOSED: Final = str(CaseClosed.model_fields["type"].default)


def _silence(_state: CaseState, _event: Event) -> None:
    """Nobody listens."""


class CaseBook:
    """The states of some cases."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._hear: Hear = _silence
        self._states: dict[str, CaseState | None] = {}
        self._untold: list[Recorded] = []
        self._after = BEGINNING
        self._turned = asyncio.Event()

    @property
    def states(self) -> tuple[CaseState, ...]:
        """Every case that has begun, in the order in which it was added."""
        return tuple(state for state in self._states.values() if state is not None)

    @property
    def open(self) -> tuple[CaseState, ...]:
        """Those that have not ended."""
        return tuple(state for state in self.states if state.phase is not CasePhase.CLOSED)

    @property
    def not_begun(self) -> tuple[str, ...]:
        """Cases that have a number and no event yet."""
        return tuple(case_no for case_no, state in self._states.items() if state is None)

    @property
    def all_closed(self) -> bool:
        """Whether every case has ended."""
        return not self.not_begun and not self.open

    def tell(self, hear: Hear) -> None:
        """From now on ``hear`` is told every event once, in order, with the state after it."""
        self._hear = hear

    async def begin(self, case_nos: Sequence[str]) -> bool:
        """Take in these cases; ``follow`` tells how they stand. False, and nothing is taken in, when all have ended."""
        self._after = await self._store.last_position()
        histories = [await self._store.read(case_no) for case_no in case_nos]
        if all(history and history[-1].type == _CLOSED for history in histories):
            return False
        self._states = dict.fromkeys(case_nos)
        self._untold = [recorded for history in histories for recorded in history]
        return True

    async def follow(self) -> None:
        """Bring the states up to date and keep them so, without end; outlives restarts of the database."""
        for recorded in self._untold:
            self._take(recorded)
        async for recorded in self._store.tail(self._after):
            self._take(recorded)

    async def turn(self, patience: float) -> None:
        """Wait until something happened, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._turned.wait()
        self._turned.clear()

    def _take(self, recorded: Recorded) -> None:
        if recorded.case_no not in self._states:
            return
        state = self._states[recorded.case_no]
        if state is not None and recorded.version <= state.version:
            return  # read already when the case was taken in
        event = event_from_json(recorded.data)
        self._states[recorded.case_no] = state = evolve(state, event)
        self._hear(state, event)
        self._turned.set()
