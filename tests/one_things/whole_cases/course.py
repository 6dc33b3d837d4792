"""The course of one case without a server: the interpreter's own loop (``workflows.case_workflow``), played by hand.

What is asked is asked once, and what has become pointless is given up; whatever counts begins what follows; one alarm
rings for the soonest deadline. Time stands still but when the city lets it pass.
"""

from datetime import datetime, timedelta

from one_things import commands as c
from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.deciding import decide, open_case
from one_things.evolving import evolve, fold
from one_things.faults import CommandRefused
from one_things.plan import Plan
from one_things.pointless import is_pointless
from one_things.proposal import Proposal
from one_things.steps import CloseCase, SeeToMoney, Step, SubmitItem, deadlines, next_steps
from one_things.waiting import AskApplicant
from tests.one_things.given import SEALED

_MOST_RINGS_AT_ONCE = 40


class Course:
    """One case, and what it has asked and not been answered."""

    def __init__(self, plan: Plan, opened_at: datetime, proposal: Proposal | None = None) -> None:
        self.now = opened_at
        opening = c.OpenCase(
            case_no="4419-2026-000017",
            plan=plan,
            form=SEALED,
            owner="subject-1",
            channel=e.Channel.WEB,
            proposal=proposal,
        )
        self.events: list[e.Event] = [open_case(opening, self.now)]
        self.states: list[CaseState] = [fold(self.events)]
        """The state after each event."""
        self.asked: dict[Step, CaseState] = {}
        """What is under way, with the state in which it was asked."""
        self.unanswered: set[Step] = set()
        """What was tried once in vain and is now asked patiently."""
        self.go_on()

    @property
    def state(self) -> CaseState:
        return self.states[-1]

    @property
    def closed(self) -> bool:
        return self.state.phase is CasePhase.CLOSED

    def take(self, command: c.Command) -> bool:
        """Somebody says it: whether it counted; begins whatever follows. Raises CommandRefused.

        Whatever comes from outside may come twice, and counts once.
        """
        counted = self._takes(command)
        if counted:
            self._is_a_repeat(command)
        return counted

    def _takes(self, command: c.Command) -> bool:
        counted = self.apply(command)
        if counted:
            self.go_on()
        return counted

    def answer(self, step: Step, command: c.Command) -> bool:
        """The answer to what was asked."""
        del self.asked[step]
        self.unanswered.discard(step)
        return self._takes(command)

    def apply(self, command: c.Command) -> bool:
        """Decide and evolve."""
        decided = decide(self.state, command, self.now)
        for event in decided:
            self.events.append(event)
            self.states.append(evolve(self.state, event))
        return bool(decided)

    def _is_a_repeat(self, command: c.Command) -> None:
        try:
            again = decide(self.state, command, self.now)
        except CommandRefused:
            return
        assert again == (), f"counted twice: {command}"

    def go_on(self) -> None:
        """Give up what is pointless, begin what can be begun."""
        self._give_up_what_is_pointless()
        begun: list[Step] = []
        for step in next_steps(self.state):
            if step in self.asked:
                continue
            match step:
                case AskApplicant(item=item):
                    self.apply(c.NoteAsked(item=item))
                case SeeToMoney(item=item):
                    self.apply(c.HandOverMoney(item=item))
                case CloseCase(outcome=outcome):
                    self.apply(c.Close(outcome=outcome))
                    self._give_up_what_is_pointless()
                case _:
                    if isinstance(step, SubmitItem):
                        self.apply(c.BeginSubmission(item=step.item))
                    begun.append(step)
                    self.asked[step] = self.state
        for step in begun:
            if step in self.asked:
                self.asked[step] = self.state  # a step begins to run once all of them are begun

    def _give_up_what_is_pointless(self) -> None:
        for step in list(self.asked):
            if is_pointless(self.state, step):
                del self.asked[step]
                self.unanswered.discard(step)

    def pass_time(self, until: datetime) -> None:
        """Time passes, and every alarm rings at its moment."""
        for _ in range(_MOST_RINGS_AT_ONCE):
            upcoming = deadlines(self.state)
            if not upcoming or upcoming[0].at > until:
                self.now = max(self.now, until)
                return
            self.now = max(self.now, upcoming[0].at)
            self.ring()
        raise AssertionError(f"an alarm that never stops ringing: {deadlines(self.state)[0]}")

    def ring(self) -> None:
        """What is due now happens."""
        for deadline in deadlines(self.state):
            if deadline.at <= self.now and self.apply(deadline.command):
                self._is_a_repeat(deadline.command)
        self.go_on()

    def later(self, span: timedelta) -> None:
        """So much later."""
        self.pass_time(self.now + span)
