"""The demonstration itself: companies apply, their cases are followed to their ends, and waiting days are skipped."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Final

from event_store.case_secrets import CaseSecrets
from gateway.views.item_view import ItemTexts
from one_things.case import CasePhase, CaseState
from one_things.events import Event
from runtime.case_drawing import whom_it_waits_for
from runtime.demo.activity import Activity
from runtime.demo.application_desk import ApplicationDesk, KeyTaken
from runtime.demo.case_book import CaseBook
from runtime.demo.companies import Company
from runtime.demo.faults import DemonstrationFailed
from runtime.demo.rounds import Rounds
from runtime.demo.screen import Screen
from runtime.demo.time_skipping import TimeMachine, TimeStandsStill, waits_until
from security.sealing import CaseKeyErased

_LOOK_AGAIN: Final = 1.0  # seconds, when nothing happens


class Demonstration:
    """The cases of the present round. Without a ``machine`` waiting days are waited for.

    ``patience``: after so many seconds without any event a case counts as stuck.
    """

    def __init__(
        self,
        book: CaseBook,
        screen: Screen,
        secrets: CaseSecrets,
        activity: Activity,
        machine: TimeMachine | None,
        patience: float,
    ) -> None:
        self._book = book
        self._screen = screen
        self._secrets = secrets
        self._activity = activity
        self._machine = machine
        self._patience = patience
        self._companies: dict[str, Company] = {}
        self._explained: set[str] = set()
        book.tell(self._hear)

    @property
    def companies(self) -> dict[str, Company]:
        """Case number → company."""
        return dict(self._companies)

    async def apply(self, companies: Sequence[Company], desk: ApplicationDesk, rounds: Rounds) -> None:
        """Each company's case: those of the present round while one is open, else those of a new round."""
        for company in companies:
            await desk.prepare(company)
        while True:
            try:
                cases = {await desk.apply(company, rounds.key(company.id)): company for company in companies}
            except KeyTaken:
                rounds.next()
                continue
            self._companies = cases
            for case_no, company in cases.items():
                self._screen.present(case_no, company.name)
            if await self._book.begin(tuple(cases)):
                return
            rounds.next()

    async def until_closed(self, *, give_up: bool) -> None:
        """Go on until every case has ended. A case that is stuck is named; with ``give_up`` it ends everything.

        Raises DemonstrationFailed.
        """
        while not self._book.all_closed:
            await self._explain_what_is_closed()
            for state in self._book.open:
                await self._skip_waiting(state)
            stuck = self._stuck()
            if stuck and give_up:
                raise DemonstrationFailed("; ".join(stuck))
            await self._book.turn(_LOOK_AGAIN)
        await self._explain_what_is_closed()

    def verdict(self) -> tuple[str, ...]:
        """What did not end as it should; empty when all is well."""
        return tuple(
            f"{state.case_no} of {company.name} ended as {state.outcome}, not as {company.ends_as}"
            for state in self._book.states
            if state.outcome is not (company := self._companies[state.case_no]).ends_as
        )

    def _hear(self, state: CaseState, event: Event) -> None:
        self._activity.seen(state.case_no)
        self._screen.hear(state, event)

    async def _skip_waiting(self, state: CaseState) -> None:
        until = waits_until(state)
        if until is None or self._machine is None:
            return
        try:
            await self._machine.skip(state, until)
        except TimeStandsStill as still:
            self._screen.say(f"{still}; waiting in real time")
            self._machine = None

    def _stuck(self) -> list[str]:
        """What is to be said of each case in which nothing has happened for too long."""
        found: list[str] = []
        for case_no in self._book.not_begun:
            if self._activity.silent_for(case_no) > self._patience:
                found.append(f"{case_no} has its number, but has not begun for {self._patience:.0f} seconds")
        for state in self._book.open:
            notice_ends = waits_until(state) if self._machine is None else None
            if notice_ends is not None:
                self._screen.note(state.case_no, f"waits in real time until {notice_ends.astimezone():%Y-%m-%d %H:%M}")
            elif self._activity.silent_for(state.case_no) > self._patience:
                awaited = whom_it_waits_for(self._screen.view(state))
                self._screen.note(state.case_no, f"stuck: {awaited}")
                name = self._companies[state.case_no].name
                found.append(f"{state.case_no} of {name} is stuck for {self._patience:.0f} seconds: {awaited}")
            else:
                self._screen.note(state.case_no)
        return found

    async def _explain_what_is_closed(self) -> None:
        """Show the owner what departments wrote about cases that have ended."""
        for state in self._book.states:
            if state.phase is CasePhase.CLOSED and state.case_no not in self._explained:
                self._explained.add(state.case_no)
                with contextlib.suppress(CaseKeyErased):
                    self._screen.explain(state.case_no, await self._texts(state))

    async def _texts(self, state: CaseState) -> dict[str, ItemTexts]:
        return {
            item_id: ItemTexts(reason=await self._secrets.open_text(state.case_no, item.reason))
            for item_id, item in state.items.items()
            if item.reason is not None
        }
