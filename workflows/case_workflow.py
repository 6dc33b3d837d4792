"""The interpreter: one durable workflow per case, for every bundle. It carries out what the rules say and no more.

The workflow's type is the bundle's id and its input the command that opens the case, with the whole plan in it. The
rules (``next_steps``, ``deadlines``, ``decide``, ``evolve``) are pure; what is left here is durable waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import is_cancelled_exception

from one_things import acceptance_steps as acs
from one_things import material_steps as ms
from one_things import promises as ps
from one_things import steps as s
from one_things.case import CasePhase, CaseState
from one_things.commands import (
    BeginDelivery,
    BeginSigning,
    BeginSubmission,
    Close,
    Command,
    HandOverMoney,
    NoteAsked,
    OpenCase,
    RecordAcceptance,
    RecordCommitmentReport,
    RecordConfirmation,
    RecordCredit,
    RecordCreditUnavailable,
    RecordDate,
    RecordDeferral,
    RecordExclusion,
    RecordExclusionUnavailable,
    RecordJointDates,
    RecordLicence,
    RecordLicenceUnavailable,
    RecordReply,
    RecordSharedData,
    RecordSignatoryUnreachable,
    RecordSigningReply,
    RecordSilence,
    RecordSourceDown,
    RecordSupplied,
    RecordUndone,
    RecordUnreachable,
)
from one_things.deciding import decide, open_case
from one_things.delivery_steps import DeliveryStep, OrderDelivery, ReckonDelivery, SetDeliveryGoing, delivery_steps
from one_things.evolving import evolve
from one_things.pointless import is_pointless
from one_things.preparing import CheckCredit, LookUpLicence
from one_things.proposal_steps import ReckonConfirmation
from one_things.waiting import AskApplicant
from workflows.alarm import Alarm
from workflows.calling import Answer, NoAnswer
from workflows.delivery import DeliveryCalls
from workflows.departments import DepartmentCalls
from workflows.door import CaseDoor
from workflows.look_ups import LookUpCalls
from workflows.messages import Receipt
from workflows.promises import PromiseCalls
from workflows.record import CaseRecord
from workflows.signing import SigningCalls
from workflows.together import SubmissionsTogether


@workflow.defn(dynamic=True)
class CaseWorkflow(CaseDoor):
    """One case of any bundle."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        opening = workflow.payload_converter().from_payload(args[0].payload, OpenCase)
        opened, plan = open_case(opening, workflow.now()), opening.plan
        self._state: CaseState = evolve(None, opened)
        gathers = plan.gathers_under_load
        self._record = CaseRecord(opening.case_no, gathers_under_load=gathers, load_passes=plan.load_passes)
        self._record.add(opened)
        self._together = SubmissionsTogether()
        self._tasks: dict[s.Step, asyncio.Task[None]] = {}
        self._alarm = Alarm(lambda: self._watch(asyncio.create_task(self._ring())), stays_set=gathers)
        self._failure: BaseException | None = None

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> str:
        """Run the case to its end; the result is how it ended."""
        self._watch(asyncio.create_task(self._record.keep()))
        self._go_on()
        await workflow.wait_condition(lambda: self._ended or self._failure is not None)
        if self._failure is not None:
            raise self._failure
        return str(self._state.outcome)

    @property
    def _ended(self) -> bool:
        return self._state.phase is CasePhase.CLOSED and self._record.complete and workflow.all_handlers_finished()

    # --- what happens to the case: every change goes through here -----------------------------------------------

    def _take(self, command: Command) -> Receipt:
        """Apply ``command`` and begin whatever follows from it."""
        counted = self._apply(command)
        if counted:
            self._go_on()
        return Receipt(outcome="counted" if counted else "repeat", version=self._state.version)

    def _apply(self, command: Command) -> bool:
        events = decide(self._state, command, workflow.now())
        for event in events:
            self._state = evolve(self._state, event)
            self._record.add(event)
        if self._state.phase is CasePhase.CLOSED:
            self._record.end()
        return bool(events)

    def _go_on(self) -> None:
        self._give_up_what_is_pointless()
        for step in s.next_steps(self._state):
            self._begin(step)
        self._set_alarm()

    def _begin(self, step: s.Step) -> None:
        if step in self._tasks:
            return
        match step:
            case s.FetchSharedData(lookup=lookup):
                self._carry_out(step, self._fetch(lookup))
            case LookUpLicence(material=material):
                self._carry_out(step, self._look_up_licence(material))
            case CheckCredit(item=item):
                self._carry_out(step, self._check_credit(item))
            case s.SubmitItem(item=item):
                self._apply(BeginSubmission(item=item))
                self._carry_out(step, self._submit(item))
            case s.UndoItem(item=item):
                self._carry_out(step, self._undo(item))
            case s.DrawUpDocument() | s.AskToSign():
                self._carry_out(step, self._toward_signatures(step))
            case s.ReckonDate(item=item, reckoning=reckoning):
                self._carry_out(step, self._reckon(item, reckoning))
            case s.ReckonJointLimit(limit=limit, reckoning=reckoning):
                self._carry_out(step, self._reckon_joint(limit, reckoning))
            case ReckonConfirmation(reckoning=reckoning):
                self._carry_out(step, self._reckon_confirmation(reckoning))
            case (
                ms.ReckonDeferral() | ms.SupplyMaterial() | acs.ReckonAcceptance() | acs.ReckonSilence()
                | ps.CheckExclusion() | ps.ReportCommitment() | ReckonDelivery() | OrderDelivery()
            ):  # fmt: skip
                self._carry_out(step, self._after_hand_in(step))
            case s.SeeToMoney() | s.CloseCase() | AskApplicant() | SetDeliveryGoing():
                self._decide_at_once(step)

    def _decide_at_once(self, step: s.SeeToMoney | s.CloseCase | AskApplicant | SetDeliveryGoing) -> None:
        match step:
            case AskApplicant(item=item):
                self._apply(NoteAsked(item=item))
            case SetDeliveryGoing(item=item):
                self._apply(BeginDelivery(item=item))
                for follows in delivery_steps(self._state):
                    self._begin(follows)
            case s.SeeToMoney(item=item):
                self._apply(HandOverMoney(item=item))
            case s.CloseCase(outcome=outcome):
                self._apply(Close(outcome=outcome))
                self._give_up_what_is_pointless()

    # --- the steps: each waits for an outside answer and ends in the command that records it ----------------------

    async def _fetch(self, lookup: str) -> Command:
        calls = DepartmentCalls(self._state)
        reply = await self._until_answered(
            calls.fetch(lookup), RecordSourceDown(lookup=lookup), lambda: calls.fetch_until_answered(lookup)
        )
        return RecordSharedData(lookup=lookup, fields=reply.fields, digest=reply.digest, looked_up=reply.looked_up)

    async def _look_up_licence(self, material: str) -> Command:
        calls = LookUpCalls(self._state)
        reply = await self._until_answered(
            calls.licence(material),
            RecordLicenceUnavailable(material=material),
            lambda: calls.licence_until_answered(material),
        )
        return RecordLicence(material=material, verdict=reply.verdict, looked_up=reply.looked_up)

    async def _check_credit(self, item: str) -> Command:
        calls = LookUpCalls(self._state)
        reply = await self._until_answered(
            calls.credit(item), RecordCreditUnavailable(item=item), lambda: calls.credit_until_answered(item)
        )
        return RecordCredit(item=item, digest=reply.digest, barred=reply.barred, looked_up=reply.looked_up)

    async def _submit(self, item: str) -> Command:
        calls = DepartmentCalls(self._state)
        attempt = self._state.item(item).attempt
        reply = await self._until_answered(
            calls.submit(item, self._together),
            RecordUnreachable(item=item),
            lambda: calls.submit_until_answered(item),
        )
        return RecordReply(item=item, attempt=attempt, reply=reply)

    async def _undo(self, item: str) -> Command:
        calls = DepartmentCalls(self._state)
        reply = await self._until_answered(
            calls.undo(item), RecordUnreachable(item=item), lambda: calls.undo_until_answered(item)
        )
        failed = reply.refused is not None
        return RecordUndone(item=item, failed=failed, refused=reply.refused, payment=reply.payment)

    async def _until_answered(
        self, first_try: Awaitable[Answer], no_answer: Command, until_answered: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """The answer to the first try; or, once it is noted that there was none, the one that comes in the end."""
        try:
            with self._record.answer_expected():
                return await first_try
        except NoAnswer:
            self._stop_if_given_up()
            self._take(no_answer)
            return await until_answered()

    async def _toward_signatures(self, step: s.DrawUpDocument | s.AskToSign) -> Command:
        match step:
            case s.DrawUpDocument(item=item):
                return await self._draw_up(item)
            case s.AskToSign(item=item, party=party):
                return await self._ask_to_sign(item, party)

    async def _draw_up(self, item: str) -> Command:
        corrections = len(self._state.corrections)
        reply = await SigningCalls(self._state).draw_up(item)
        return BeginSigning(item=item, digest=reply.digest, corrections=corrections, ends_at=reply.ends_at)

    async def _ask_to_sign(self, item: str, party: str) -> Command:
        calls, signing = SigningCalls(self._state), self._state.item(item).signing
        assert signing is not None
        reply = await self._until_answered(
            calls.ask_to_sign(item, party),
            RecordSignatoryUnreachable(item=item, party=party, round=signing.round),
            lambda: calls.ask_to_sign_until_answered(item, party),
        )
        return RecordSigningReply(
            item=item,
            party=party,
            round=signing.round,
            digest=signing.digest,
            reference=reply.reference,
            signed=reply.signed,
            code=reply.code,
            refused=reply.refused,
            article=reply.article,
        )

    async def _reckon(self, item: str, reckoning: int) -> Command:
        reply = await DepartmentCalls(self._state).reckon(item)
        return RecordDate(
            item=item,
            due_on=reply.due_on,
            due_at=reply.due_at,
            window_ends_at=reply.window_ends_at,
            provisional=reply.provisional,
            limit=reply.limit,
            procedures=reply.procedures,
            reckoning=reckoning,
        )

    async def _reckon_confirmation(self, reckoning: int) -> Command:
        reply = await DepartmentCalls(self._state).reckon_confirmation()
        assert reply.due_on is not None and reply.due_at is not None  # noqa: PT018 - both come of one due date
        return RecordConfirmation(
            confirm_by=reply.due_on, ends_at=reply.due_at, provisional=reply.provisional, reckoning=reckoning
        )

    async def _reckon_joint(self, limit: str, reckoning: int) -> Command:
        dates = await DepartmentCalls(self._state).reckon_joint(limit)
        return RecordJointDates(limit=limit, reckoning=reckoning, dates=dates)

    async def _check_exclusion(self, material: str) -> Command:
        calls = PromiseCalls(self._state)
        reply = await self._until_answered(
            calls.exclusion(material),
            RecordExclusionUnavailable(material=material),
            lambda: calls.exclusion_until_answered(material),
        )
        return RecordExclusion(material=material, excluded=reply.excluded, looked_up=reply.looked_up)

    async def _report_commitment(self, item: str, material: str, verdict: str) -> Command:
        told = {"item": item, "material": material, "verdict": verdict}
        try:
            reply = await PromiseCalls(self._state).report(item, material, verdict)
        except NoAnswer:
            return RecordCommitmentReport(**told, failed=True)
        return RecordCommitmentReport(**told, failed=reply.refused is not None, refused=reply.refused)

    def _after_hand_in(
        self, step: ms.MaterialStep | acs.AcceptanceStep | ps.PromiseStep | DeliveryStep
    ) -> Coroutine[Any, Any, Command]:
        match step:
            case ReckonDelivery() | OrderDelivery():
                return DeliveryCalls(self._state).carry_out(step)
            case ps.CheckExclusion(material=material):
                return self._check_exclusion(material)
            case ps.ReportCommitment(item=item, material=material, verdict=verdict):
                return self._report_commitment(item, material, verdict)
            case ms.ReckonDeferral(material=material):
                return self._reckon_deferral(material)
            case ms.SupplyMaterial(item=item, material=material):
                return self._supply(item, material)
            case acs.ReckonAcceptance(item=item):
                return self._reckon_acceptance(item)
            case acs.ReckonSilence(item=item):
                return self._reckon_silence(item)

    async def _reckon_acceptance(self, item: str) -> Command:
        attempt = self._state.item(item).attempt
        reply = await DepartmentCalls(self._state).reckon_acceptance(item)
        return RecordAcceptance(item=item, attempt=attempt, taken=reply.taken)

    async def _reckon_silence(self, item: str) -> Command:
        reply = await DepartmentCalls(self._state).reckon_silence(item)
        return RecordSilence(item=item, deemed_on=reply.deemed_on, deemed_at=reply.deemed_at)

    async def _reckon_deferral(self, material: str) -> Command:
        rests, calendar = len(self._state.rests), self._state.calendar
        reply = await DepartmentCalls(self._state).reckon_deferral(material)
        return RecordDeferral(
            material=material,
            due_on=reply.due_on,
            due_at=reply.due_at,
            provisional=reply.provisional,
            rests=rests,
            calendar=calendar,
        )

    async def _supply(self, item: str, material: str) -> Command:
        calls = DepartmentCalls(self._state)
        try:
            reply = await calls.supply(item, material)
        except NoAnswer:
            self._stop_if_given_up()
            self._take(RecordUnreachable(item=item))
            reply = await calls.supply_until_answered(item, material)
        return RecordSupplied(item=item, material=material, failed=reply.refused is not None, refused=reply.refused)

    def _carry_out(self, step: s.Step, work: Coroutine[Any, Any, Command]) -> None:
        async def carry_out() -> None:
            try:
                command = await work
                self._stop_if_given_up()
            except BaseException as error:
                if self._tasks.get(step) is not asyncio.current_task() and is_cancelled_exception(error):
                    return  # given up as pointless
                raise
            del self._tasks[step]
            self._take(command)
            self._record.answered()

        self._tasks[step] = task = asyncio.create_task(carry_out())
        task.add_done_callback(lambda _: work.close())  # given up in the task that began it, it would never be awaited
        self._watch(task)

    def _stop_if_given_up(self) -> None:
        """An answer may arrive in the very task in which its step is given up: then it says nothing new any more."""
        if asyncio.current_task() not in self._tasks.values():
            raise asyncio.CancelledError

    def _watch(self, task: asyncio.Task[None]) -> None:
        """A step that fails is a defect: it must stop the workflow task, never be lost."""
        task.add_done_callback(self._note_failure)

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failure = task.exception()

    def _give_up_what_is_pointless(self) -> None:
        """A submission that was decided meanwhile, all asking once a case has stopped, everything once it is closed."""
        for step, task in list(self._tasks.items()):
            if is_pointless(self._state, step):
                del self._tasks[step]
                task.cancel()

    # --- what follows by itself ----------------------------------------------------------------------------------

    def _set_alarm(self) -> None:
        if upcoming := s.deadlines(self._state):
            self._alarm.set(upcoming[0].at)

    async def _ring(self) -> None:
        self._alarm.rang()
        now = workflow.now()
        for deadline in s.deadlines(self._state):
            if deadline.at <= now:
                self._apply(deadline.command)
        self._go_on()
