"""Typed handles on running cases, for everybody outside the workflow: start one, tell it something, ask it.

Errors are the domain's: CommandRefused when the case says no, CaseNotRunning when nothing of that number runs,
OrchestratorUnavailable when Temporal does not answer (say it again later: messages are idempotent).

A lazy client that never got through yet raises RuntimeError, and no RPCError, from every call; here both mean away. It
also connects for as long as the other side keeps silent, which no time-out of a call limits: so each call is limited
as a whole.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from one_things.case import CaseState
from one_things.commands import (
    AnswerCorrection,
    AnswerDelivery,
    Cancel,
    ChooseDelivery,
    ConfirmCase,
    ConfirmPaper,
    Decide,
    DepartmentAct,
    FastForward,
    GiveMandate,
    HandInInstead,
    HandInMaterials,
    LearnCalendar,
    MissPaper,
    OpenCase,
    PermitCorrection,
    RefuseSignature,
    ResumeCase,
    RetryItem,
    RevokeMandate,
    SettleTask,
    Sign,
    SuspendCase,
)
from one_things.faults import CommandRefused, DomainError
from one_things.text import Text
from workflows import messages
from workflows.calling import fair_among
from workflows.messages import Receipt

_PATIENCE = timedelta(seconds=10)
_START_PATIENCE = timedelta(seconds=4)
"""Shorter: the case has its number and is started later, and whoever applies waits for the answer."""
_ONE_TASK = timedelta(seconds=3)
"""What a worker may take to carry a case on by one step; then it counts as dead, and another does it.

It takes milliseconds, and the SDK itself gives up a task whose code computes for 2 seconds. Temporal's default of 10 is
what a case would stand still whose worker was killed just then, measured.
"""
_LOOK_PATIENCE = timedelta(seconds=2)
Message = (
    Decide
    | Cancel
    | ConfirmCase
    | AnswerCorrection
    | PermitCorrection
    | HandInMaterials
    | SettleTask
    | FastForward
    | DepartmentAct
    | SuspendCase
    | ResumeCase
    | Sign
    | RefuseSignature
    | RetryItem
    | LearnCalendar
    | HandInInstead
    | GiveMandate
    | RevokeMandate
    | ChooseDelivery
    | ConfirmPaper
    | MissPaper
    | AnswerDelivery
)


class CaseNotRunning(DomainError):
    """No case of this number runs: it never began, has not begun yet, or has ended."""

    code = "case-not-running"


class OrchestratorUnavailable(DomainError):
    """Temporal did not answer; whether the message arrived is not known, and it may be sent again."""

    code = "orchestrator-unavailable"


class TemporalCases:
    """All running cases of one Temporal namespace."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    def handle(self, case_no: str) -> WorkflowHandle[object, object]:
        """Temporal's own handle, for tools such as time skipping."""
        return self._client.get_workflow_handle(case_no)

    async def start(self, bundle: str, opening: OpenCase) -> None:
        """Start the case; starting it again, running or ended, changes nothing. Raises OrchestratorUnavailable."""
        try:
            async with _limited(_START_PATIENCE):
                await self._client.start_workflow(
                    bundle,
                    opening,
                    id=opening.case_no,
                    task_queue=self._task_queue,
                    task_timeout=_ONE_TASK,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    priority=fair_among(bundle),
                    rpc_timeout=_START_PATIENCE,
                )
        except WorkflowAlreadyStartedError:
            return
        except RPCError as error:
            raise OrchestratorUnavailable(f"the case was not started: {error.status.name}") from None
        except RuntimeError:
            raise _not_connected() from None

    async def decide(self, case_no: str, decision: Decide) -> Receipt:
        """Hand over a department's decision; the answer says whether it counted or was a repeat."""
        return await self._tell(case_no, messages.DECIDE, decision)

    async def confirm(self, case_no: str, command: ConfirmCase) -> Receipt:
        """Confirm what a department's event proposed."""
        return await self._tell(case_no, messages.CONFIRM, command)

    async def cancel(self, case_no: str, command: Cancel) -> Receipt:
        """Take the application back."""
        return await self._tell(case_no, messages.CANCEL, command)

    async def answer_correction(self, case_no: str, command: AnswerCorrection) -> Receipt:
        """Answer a correction notice."""
        return await self._tell(case_no, messages.ANSWER_CORRECTION, command)

    async def hand_in_instead(self, case_no: str, command: HandInInstead) -> Receipt:
        """Hand in what a source that is down would have said."""
        return await self._tell(case_no, messages.HAND_IN_INSTEAD, command)

    async def permit_correction(self, case_no: str, command: PermitCorrection) -> Receipt:
        """Let a department send a second correction notice."""
        return await self._tell(case_no, messages.PERMIT_CORRECTION, command)

    async def act(self, case_no: str, act: DepartmentAct) -> Receipt:
        """Hand over what a department did on the way to its decision."""
        return await self._tell(case_no, messages.ACT, act)

    async def suspend(self, case_no: str, command: SuspendCase) -> Receipt:
        """Rest the case."""
        return await self._tell(case_no, messages.SUSPEND, command)

    async def resume(self, case_no: str, command: ResumeCase) -> Receipt:
        """Go on with it."""
        return await self._tell(case_no, messages.RESUME, command)

    async def learn_calendar(self, case_no: str, command: LearnCalendar) -> Receipt:
        """Say that an official calendar was published."""
        return await self._tell(case_no, messages.LEARN_CALENDAR, command)

    async def hand_in(self, case_no: str, command: HandInMaterials) -> Receipt:
        """Hand in what was deferred, or what an item waits for."""
        return await self._tell(case_no, messages.HAND_IN, command)

    async def give_mandate(self, case_no: str, command: GiveMandate) -> Receipt:
        """Let an agent act for the applicant."""
        return await self._tell(case_no, messages.GIVE_MANDATE, command)

    async def revoke_mandate(self, case_no: str, command: RevokeMandate) -> Receipt:
        """Take a mandate back."""
        return await self._tell(case_no, messages.REVOKE_MANDATE, command)

    async def settle_task(self, case_no: str, command: SettleTask) -> Receipt:
        """Say that an operator's task is put right."""
        return await self._tell(case_no, messages.SETTLE_TASK, command)

    async def sign(self, case_no: str, command: Sign) -> Receipt:
        """A party signs the agreed document."""
        return await self._tell(case_no, messages.SIGN, command)

    async def refuse_signature(self, case_no: str, command: RefuseSignature) -> Receipt:
        """An institution does not sign."""
        return await self._tell(case_no, messages.REFUSE_SIGNATURE, command)

    async def retry_item(self, case_no: str, command: RetryItem) -> Receipt:
        """An operator has a failed item submitted once more."""
        return await self._tell(case_no, messages.RETRY_ITEM, command)

    async def choose_delivery(self, case_no: str, command: ChooseDelivery) -> Receipt:
        """Choose anew how papers come."""
        return await self._tell(case_no, messages.CHOOSE_DELIVERY, command)

    async def confirm_paper(self, case_no: str, command: ConfirmPaper) -> Receipt:
        """Say that the papers arrived."""
        return await self._tell(case_no, messages.CONFIRM_PAPER, command)

    async def miss_paper(self, case_no: str, command: MissPaper) -> Receipt:
        """Say that the papers did not arrive."""
        return await self._tell(case_no, messages.MISS_PAPER, command)

    async def answer_delivery(self, case_no: str, command: AnswerDelivery) -> Receipt:
        """Answer the applicant about a delivery."""
        return await self._tell(case_no, messages.ANSWER_DELIVERY, command)

    async def fast_forward(self, case_no: str, command: FastForward) -> Receipt:
        """Note that the embedded city is about to skip time."""
        return await self._tell(case_no, messages.FAST_FORWARD, command)

    async def state(self, case_no: str) -> CaseState:
        """The state inside the workflow, for tests and operators; pages read the record."""
        try:
            async with _limited(_PATIENCE):
                state: CaseState = await self.handle(case_no).query(
                    messages.STATE, result_type=CaseState, rpc_timeout=_PATIENCE
                )
        except RPCError as error:
            raise _translated(error) from None
        except RuntimeError:
            raise _not_connected() from None
        return state

    async def reachable(self) -> bool:
        """Whether Temporal answers at all."""
        try:
            async with _limited(_LOOK_PATIENCE):
                return await self._client.service_client.check_health(timeout=_LOOK_PATIENCE)
        except (RPCError, RuntimeError, OrchestratorUnavailable):
            return False

    async def _tell(self, case_no: str, name: str, message: Message) -> Receipt:
        try:
            async with _limited(_PATIENCE):
                receipt: Receipt = await self.handle(case_no).execute_update(
                    name, message, result_type=Receipt, rpc_timeout=_PATIENCE
                )
        except WorkflowUpdateFailedError as error:
            raise _refusal(error) from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            raise OrchestratorUnavailable("the case did not answer in time") from None
        except RPCError as error:
            raise _translated(error) from None
        except RuntimeError:
            raise _not_connected() from None
        return receipt


@asynccontextmanager
async def _limited(patience: timedelta) -> AsyncIterator[None]:
    """A call with the connecting before it. A little more than the call's own time-out, which says more."""
    try:
        async with asyncio.timeout(patience.total_seconds() * 1.1):
            yield
    except TimeoutError:
        raise _not_connected() from None


def _refusal(error: WorkflowUpdateFailedError) -> DomainError:
    cause = error.cause
    if not isinstance(cause, ApplicationError):
        return OrchestratorUnavailable("the case could not take the message")
    if cause.type == "AcceptedUpdateCompletedWorkflow":
        return CaseNotRunning("the case ended before it could answer")
    chinese = str(cause.details[0]) if cause.details else cause.message
    return CommandRefused(cause.type or "refused", Text(zh=chinese, en=cause.message))


def _not_connected() -> OrchestratorUnavailable:
    return OrchestratorUnavailable("Temporal could not be connected to")


def _translated(error: RPCError) -> DomainError:
    if error.status is RPCStatusCode.NOT_FOUND:
        return CaseNotRunning("no running case has this number")
    return OrchestratorUnavailable(f"Temporal did not answer: {error.status.name}")
