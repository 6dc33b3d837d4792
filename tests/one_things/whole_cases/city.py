"""A city at random, from a seed: departments, applicants, parties and operators who do anything at any time.

``lives`` lets them do it; ``comes_to_an_end`` lets everybody do only what is waited for, and tells who that is.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from one_things import commands as c
from one_things import events as e
from one_things import steps as s
from one_things.case import PENDING, CasePhase, ItemState, ItemStatus
from one_things.deciding import decide
from one_things.faults import CommandRefused
from one_things.hand_in import Why, owed
from one_things.plan import Plan
from tests.one_things.given import SEALED
from tests.one_things.whole_cases.acts import APPLICANT, OPERATOR
from tests.one_things.whole_cases.answers import Answers
from tests.one_things.whole_cases.course import Course

Person = str
Act = tuple[Person, c.Command]

_WEB = e.Channel.WEB
_MOST_ACTS = 400


class City(Answers):
    """Everybody outside one case."""

    def __init__(self, course: Course, seed: bytes, *, confirmed_plan: Plan | None = None) -> None:
        super().__init__(course, seed)
        self._confirmed_plan = confirmed_plan
        self._answering = self.random.choice([0.2, 0.45, 0.7])
        self._hoping = self.random.choice([0.1, 0.3, 0.6])
        self._idling = self.random.choice([0.02, 0.1, 0.3])

    # --- a while of life --------------------------------------------------------------------------------------------

    def lives(self, moves: int) -> None:
        """So many moves in any order: answers, hopes, nonsense, time."""
        for _ in range(moves):
            if self.course.closed:
                return
            awaited = [act for _, act in self.awaited()]
            if self.course.asked and self._happens(self._answering):
                self._answers(self._one_of(list(self.course.asked)))
            elif self._happens(self._idling):
                self.course.later(timedelta(hours=self.random.choice([1, 30, 80, 400])))
            else:
                self._does(self._one_of(awaited) if awaited and self._happens(self._hoping) else self._anything())

    def _does(self, command: c.Command) -> None:
        self.course.later(timedelta(minutes=1))
        self._said.append(command)
        with suppress(CommandRefused):
            self.course.take(command)

    def _answers(self, step: s.Step) -> None:
        self.course.later(timedelta(minutes=1))
        if step not in self.course.asked:
            return  # given up meanwhile
        silence = self.no_answer(step)
        if silence is not None and step not in self.course.unanswered and self._rarely():
            self.course.unanswered.add(step)
            self.course.take(silence)
            return
        self.course.answer(step, self.answer(step, honest=not self._rarely()))

    # --- everybody does what is waited for --------------------------------------------------------------------------

    def comes_to_an_end(self) -> None:
        """Departments answer, people do what they are asked to, time passes; a case that is stuck fails here."""
        for _ in range(_MOST_ACTS):
            course = self.course
            course.later(timedelta(minutes=1))
            if course.closed:
                return
            awaited = list(self.awaited())
            if course.asked and (not awaited or self._happens(0.7)):
                step = self._one_of(list(course.asked))
                course.answer(step, self.answer(step, honest=True))
            elif awaited:
                person, command = self._one_of(awaited)
                assert course.take(command), f"{person} did what was waited for, and nothing moved: {command}"
            else:
                upcoming = s.deadlines(course.state)
                assert upcoming, "nothing to do, nobody to wait for, and no date"
                course.pass_time(upcoming[0].at)
        raise AssertionError("a case that does not end")

    def awaited(self) -> Iterator[Act]:
        """Who is waited for by name, and what each of them would do that brings the case on."""
        state = self.course.state
        if state.phase is CasePhase.PROPOSED:
            assert self._confirmed_plan is not None
            yield APPLICANT, c.ConfirmCase(plan=self._confirmed_plan, form=SEALED, channel=_WEB)
        yield from ((OPERATOR, self._settled(item)) for item in sorted({task.item for task in state.tasks}))
        if state.phase is not CasePhase.OPEN:
            return
        if state.rest is not None:
            yield APPLICANT, c.ResumeCase(channel=_WEB)
        for one in owed(state):
            if one.why is not Why.LICENCE_UNAVAILABLE:
                yield APPLICANT, c.HandInMaterials(materials={one.id: self._digest()}, channel=_WEB)
        for item_id, item in state.items.items():
            if item.status in {ItemStatus.CORRECTION, ItemStatus.RETURNED}:
                yield APPLICANT, c.AnswerCorrection(item=item_id, form=SEALED, channel=_WEB)
            yield from self._awaited_of_department(item_id, item)
            yield from self._awaited_of_parties(item_id, item)

    def _awaited_of_department(self, item_id: str, item: ItemState) -> Iterator[Act]:
        planned = self.course.state.plan.item(item_id)
        under_way = any(isinstance(step, s.SubmitItem) and step.item == item_id for step in self.course.asked)
        is_there = item.status in {ItemStatus.RECEIVED, ItemStatus.ACCEPTED}
        answered = item.status is ItemStatus.SUBMITTED and not under_way and not item.held_back
        if planned.notice is None and (is_there or answered):
            yield planned.department, self.decision(item_id, c.Verdict.APPROVED)
        elif item.status is ItemStatus.RECEIVED and item.accepted_from is None:
            yield planned.department, c.AcceptItem(**self._act(item_id))

    def _awaited_of_parties(self, item_id: str, item: ItemState) -> Iterator[Act]:
        planned = self.course.state.plan.item(item_id)
        if planned.signing is None or item.signing is None or not item.awaits_signatures:
            return
        if item.signing.corrections != len(self.course.state.corrections):
            return  # it is being drawn up anew
        for party in planned.signing.parties:
            department = self.course.state.plan.party(party).department
            asked = department is None or party in item.signing.requested
            if asked and not item.signing.signed(party):
                yield party, self._signature(item_id, party)

    # --- anything at all --------------------------------------------------------------------------------------------

    def _anything(self) -> c.Command:
        """What somebody outside tries, mostly something that counts."""
        state = self.course.state
        pending = [item for item in sorted(state.items) if state.items[item].status in PENDING]
        item_id = self._one_of(pending if pending and self._happens(0.7) else sorted(state.items))
        possible = self._one_of([self._of_department, self._of_department, self._of_applicant, self._of_others])(
            item_id
        )
        counting = [command for command in possible if self._would_count(command)]
        return self._one_of(counting if counting and not self._rarely() else possible)

    def _would_count(self, command: c.Command) -> bool:
        try:
            return bool(decide(self.course.state, command, self.course.now + timedelta(minutes=1)))
        except CommandRefused:
            return False
