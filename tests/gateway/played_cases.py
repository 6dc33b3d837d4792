"""Cases without Temporal: the domain's own rules played against the real record, for tests of what HTTP makes of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from event_store.record import GENESIS, NewEvent
from event_store.store import EventStore
from one_things import commands as c
from one_things import events as e
from one_things.acceptance_steps import ReckonAcceptance
from one_things.case import CasePhase, CaseState
from one_things.clock import OFFICIAL, WorkingCalendar, due_date
from one_things.deciding import case_closed, decide, open_case, trace_of
from one_things.evolving import evolve
from one_things.faults import CommandRefused
from one_things.limit_dates import LimitToReckon, limit_dates
from one_things.reckoning import terms_of_item
from one_things.sealed import Sealed
from one_things.steps import next_steps
from tests.one_things.reckoned import reckoned
from workflows.handles import CaseNotRunning, OrchestratorUnavailable
from workflows.messages import Receipt

_NAMESPACE = UUID("8d0f3f0e-2c1b-4f41-9f0a-0c6a1f2b7d55")


class PlayedCases:
    """The port to running cases: starts and commands become events at once, by `decide` and `evolve`."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self.is_up = True
        self.lingers = False
        """Whether cases that have closed are still there, as they are until their last append is confirmed."""
        self.calendar: WorkingCalendar = OFFICIAL
        self.starts: list[str] = []
        """The cases that began, in order; a start of one that runs begins nothing, as at Temporal."""
        self.states: dict[str, CaseState] = {}
        self._heads: dict[str, bytes] = {}
        self._starting = asyncio.Lock()

    async def start(self, bundle: str, opening: c.OpenCase) -> None:
        self._must_be_up()
        async with self._starting:  # the outbox may start a case a second time while its request still does
            if opening.case_no in self.states:
                return
            opened = open_case(opening, datetime.now(UTC))
            await self._append(opening.case_no, 0, (opened,))
            self.states[opening.case_no] = evolve(None, opened)
            self.starts.append(opening.case_no)

    async def decide(self, case_no: str, decision: c.Decide) -> Receipt:
        return await self._or_set_aside(case_no, decision)

    async def confirm(self, case_no: str, command: c.ConfirmCase) -> Receipt:
        return await self.play(case_no, command)

    async def cancel(self, case_no: str, command: c.Cancel) -> Receipt:
        return await self.play(case_no, command)

    async def answer_correction(self, case_no: str, command: c.AnswerCorrection) -> Receipt:
        return await self.play(case_no, command)

    async def permit_correction(self, case_no: str, command: c.PermitCorrection) -> Receipt:
        return await self.play(case_no, command)

    async def act(self, case_no: str, act: c.DepartmentAct) -> Receipt:
        return await self._or_set_aside(case_no, act)

    async def suspend(self, case_no: str, command: c.SuspendCase) -> Receipt:
        return await self.play(case_no, command)

    async def resume(self, case_no: str, command: c.ResumeCase) -> Receipt:
        return await self.play(case_no, command)

    async def learn_calendar(self, case_no: str, command: c.LearnCalendar) -> Receipt:
        return await self.play(case_no, command)

    async def hand_in(self, case_no: str, command: c.HandInMaterials) -> Receipt:
        return await self.play(case_no, command)

    async def hand_in_instead(self, case_no: str, command: c.HandInInstead) -> Receipt:
        return await self.play(case_no, command)

    async def give_mandate(self, case_no: str, command: c.GiveMandate) -> Receipt:
        return await self.play(case_no, command)

    async def choose_delivery(self, case_no: str, command: c.ChooseDelivery) -> Receipt:
        return await self.play(case_no, command)

    async def confirm_paper(self, case_no: str, command: c.ConfirmPaper) -> Receipt:
        return await self.play(case_no, command)

    async def miss_paper(self, case_no: str, command: c.MissPaper) -> Receipt:
        return await self.play(case_no, command)

    async def answer_delivery(self, case_no: str, command: c.AnswerDelivery) -> Receipt:
        return await self.play(case_no, command)

    async def revoke_mandate(self, case_no: str, command: c.RevokeMandate) -> Receipt:
        return await self.play(case_no, command)

    async def sign(self, case_no: str, command: c.Sign) -> Receipt:
        if command.department is None:
            return await self.play(case_no, command)
        return await self._or_set_aside(case_no, command)

    async def refuse_signature(self, case_no: str, command: c.RefuseSignature) -> Receipt:
        return await self._or_set_aside(case_no, command)

    async def retry_item(self, case_no: str, command: c.RetryItem) -> Receipt:
        return await self.play(case_no, command)

    async def settle_task(self, case_no: str, command: c.SettleTask) -> Receipt:
        return await self.play(case_no, command)

    async def _or_set_aside(
        self, case_no: str, said: c.Decide | c.DepartmentAct | c.Sign | c.RefuseSignature
    ) -> Receipt:
        try:
            return await self.play(case_no, said)
        except CommandRefused as refused:
            await self.play(case_no, trace_of(said, refused))
            raise

    async def reachable(self) -> bool:
        return self.is_up

    async def play(self, case_no: str, command: c.Command, at: datetime | None = None) -> Receipt:
        """Carry a command out now, or at another time of the case."""
        self._must_be_up()
        state = self.states.get(case_no)
        if state is not None and state.phase is CasePhase.CLOSED and self.lingers:
            raise case_closed()
        if state is None or state.phase is CasePhase.CLOSED:
            raise CaseNotRunning("nothing runs")
        events = decide(state, command, at or datetime.now(UTC) + timedelta(seconds=state.seconds_ahead))
        if not events:
            return Receipt(outcome="repeat", version=state.version)
        await self._append(case_no, state.version, events)
        for event in events:
            state = evolve(state, event)
        self.states[case_no] = state
        for reckoned_now in reckoned(state, self.calendar):
            await self.play(case_no, reckoned_now, at)
        for step in next_steps(state):
            if isinstance(step, ReckonAcceptance):
                attempt, from_ = state.item(step.item).attempt, state.item(step.item).accepted_from
                assert from_ is not None
                taken = self._taken(state, step.item, from_)
                await self.play(case_no, c.RecordAcceptance(item=step.item, attempt=attempt, taken=taken), at)
        return Receipt(outcome="counted", version=state.version)

    async def submitted(self, case_no: str, item: str) -> None:
        """The item lies with its department."""
        await self.play(case_no, c.BeginSubmission(item=item))

    async def accepted(self, case_no: str, item: str, working_days: int | None = None) -> None:
        """The department took it, with so many working days to decide."""
        state = self.states[case_no]
        now = datetime.now(UTC) + timedelta(seconds=state.seconds_ahead)
        await self._reply(case_no, item, self._taken(state, item, now, working_days))

    @staticmethod
    def _taken(state: CaseState, item: str, now: datetime, working_days: int | None = None) -> c.Taken:
        due = due_date(now, working_days or state.plan.item(item).committed_days or 1)
        terms = terms_of_item(state.plan, item)
        limit = limit_dates(LimitToReckon(begins_at=now, terms=terms)) if terms and not working_days else None
        return c.Taken(
            reference=f"受理-{item}", due_on=due.date, due_at=due.ends_at, provisional=due.provisional, limit=limit
        )

    async def on_notice(self, case_no: str, item: str, days: int) -> None:
        """The department took it and published its notice."""
        ends = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=days)
        windows = {other.id: ends + timedelta(days=20) for other in self.states[case_no].plan.items if other.pivot}
        await self._reply(case_no, item, c.Taken(reference=f"公告-{item}", notice_ends_at=ends, windows=windows))

    async def done(self, case_no: str, item: str) -> None:
        """Submitted and decided at once, with every result that the plan announces."""
        await self.submitted(case_no, item)
        results = tuple(
            e.DecidedResult(id=result.id, kind=result.kind, reference=f"GD-{result.id}")
            for result in self.states[case_no].plan.item(item).results
        )
        await self._reply(case_no, item, c.Done(results=results))

    async def correction(self, case_no: str, item: str, points: Sealed | str, named: tuple[str, ...] = ()) -> None:
        """The department asks for corrections; a plain text stands for something sealed elsewhere."""
        sealed = points if isinstance(points, Sealed) else Sealed(suite="international", data="c2VhbGVk")
        await self.submitted(case_no, item)
        await self._reply(case_no, item, c.NeedsCorrection(points=sealed, named=named))

    async def end_notice(self, case_no: str, item: str) -> None:
        """The notice has run its time."""
        await self.play(case_no, c.EndNotice(item=item))

    async def unreachable(self, case_no: str, item: str) -> None:
        """The department does not answer."""
        await self.play(case_no, c.RecordUnreachable(item=item))

    async def cancelled_with_a_failed_undo(self, case_no: str, item: str) -> None:
        """The applicant took it back and the department would not: an operator has to help."""
        if self.states[case_no].item(item).attempt == 0:
            await self.submitted(case_no, item)
        await self.play(case_no, c.Cancel(channel=e.Channel.WEB))
        await self.play(case_no, c.RecordUndone(item=item, failed=True))

    async def ahead(self, case_no: str, days: int) -> None:
        """So many days are skipped."""
        await self.play(case_no, c.FastForward(seconds=days * 86400))

    async def finished(self, case_no: str, outcome: e.CaseOutcome = e.CaseOutcome.COMPLETED) -> None:
        """The case is closed."""
        await self.play(case_no, c.Close(outcome=outcome))

    async def _reply(self, case_no: str, item: str, reply: c.Reply) -> None:
        attempt = self.states[case_no].item(item).attempt
        await self.play(case_no, c.RecordReply(item=item, attempt=attempt, reply=reply))

    async def _append(self, case_no: str, version: int, events: tuple[e.Event, ...]) -> None:
        records = [
            NewEvent(
                event_id=uuid5(_NAMESPACE, f"{case_no}/{version + place}"),
                type=event.type,
                occurred_at=event.at,
                data=e.event_to_json(event),
            )
            for place, event in enumerate(events, start=1)
        ]
        head = self._heads.get(case_no, GENESIS)
        self._heads[case_no] = await self.store.append(case_no, version, head, records)

    def _must_be_up(self) -> None:
        if not self.is_up:
            raise OrchestratorUnavailable("away for this test")
