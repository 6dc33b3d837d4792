"""The door of a running case: every message that it understands, each checked by the rules before it is accepted.

A message that the rules refuse leaves no trace in the case's history (an update's validator), with one exception: what
a department decided, did or signed out of place is accepted so far as to be kept in the record, and refused then.

Once the case has closed the door is shut, also for what the rules allow afterwards: while its last events are on their
way nobody else may write its record, and from then on it writes none itself (ADR 0027).
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from one_things.case import CasePhase, CaseState
from one_things.commands import (
    ActOnPaper,
    AnswerCorrection,
    AnswerDelivery,
    Cancel,
    ChooseDelivery,
    Command,
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
    PermitCorrection,
    RefuseSignature,
    ResumeCase,
    RetryItem,
    RevokeMandate,
    SettleTask,
    Sign,
    SuspendCase,
)
from one_things.deciding import case_closed, decide, trace_of
from one_things.faults import CommandRefused
from workflows import messages
from workflows.messages import Receipt

_OfDepartment = Decide | DepartmentAct | Sign | RefuseSignature
"""What a department says; a signature may be a person's as well."""


class CaseDoor:
    """What can be said to a case; the workflow that inherits it takes what was accepted."""

    _state: CaseState

    def _take(self, command: Command) -> Receipt:
        """Apply ``command`` and begin whatever follows from it."""
        raise TypeError("a door belongs to a case")

    @workflow.update(name=messages.DECIDE)
    def decide(self, command: Decide) -> Receipt:
        """A department's decision."""
        return self._take_or_set_aside(command)

    @workflow.update(name=messages.CONFIRM)
    def confirm(self, command: ConfirmCase) -> Receipt:
        """The applicant confirms what a department's event proposed."""
        return self._take(command)

    @workflow.update(name=messages.CANCEL)
    def cancel(self, command: Cancel) -> Receipt:
        """The applicant takes the application back."""
        return self._take(command)

    @workflow.update(name=messages.ANSWER_CORRECTION)
    def answer_correction(self, command: AnswerCorrection) -> Receipt:
        """The applicant answers a correction notice."""
        return self._take(command)

    @workflow.update(name=messages.HAND_IN_INSTEAD)
    def hand_in_instead(self, command: HandInInstead) -> Receipt:
        """The applicant gives what a source that is down would have said."""
        return self._take(command)

    @workflow.update(name=messages.PERMIT_CORRECTION)
    def permit_correction(self, command: PermitCorrection) -> Receipt:
        """An operator lets a department ask for corrections once more."""
        return self._take(command)

    @workflow.update(name=messages.ACT)
    def act(self, command: DepartmentAct) -> Receipt:
        """A department does something on the way to its decision."""
        return self._take_or_set_aside(command)

    @workflow.update(name=messages.SIGN)
    def sign(self, command: Sign) -> Receipt:
        """A party signs."""
        return self._take_or_set_aside(command)

    @workflow.update(name=messages.REFUSE_SIGNATURE)
    def refuse_signature(self, command: RefuseSignature) -> Receipt:
        """An institution does not sign."""
        return self._take_or_set_aside(command)

    @workflow.update(name=messages.RETRY_ITEM)
    def retry_item(self, command: RetryItem) -> Receipt:
        """An operator has a failed item submitted once more."""
        return self._take(command)

    @workflow.update(name=messages.SUSPEND)
    def suspend(self, command: SuspendCase) -> Receipt:
        """The applicant rests the case."""
        return self._take(command)

    @workflow.update(name=messages.RESUME)
    def resume(self, command: ResumeCase) -> Receipt:
        """The applicant goes on with it."""
        return self._take(command)

    @workflow.update(name=messages.LEARN_CALENDAR)
    def learn_calendar(self, command: LearnCalendar) -> Receipt:
        """An official calendar was published."""
        return self._take(command)

    @workflow.update(name=messages.HAND_IN)
    def hand_in(self, command: HandInMaterials) -> Receipt:
        """The applicant hands in what was deferred, or what an item waits for."""
        return self._take(command)

    @workflow.update(name=messages.GIVE_MANDATE)
    def give_mandate(self, command: GiveMandate) -> Receipt:
        """The applicant lets an agent act for them."""
        return self._take(command)

    @workflow.update(name=messages.REVOKE_MANDATE)
    def revoke_mandate(self, command: RevokeMandate) -> Receipt:
        """The applicant takes a mandate back."""
        return self._take(command)

    @workflow.update(name=messages.SETTLE_TASK)
    def settle_task(self, command: SettleTask) -> Receipt:
        """An operator put right what only a person can."""
        return self._take(command)

    @workflow.update(name=messages.CHOOSE_DELIVERY)
    def choose_delivery(self, command: ChooseDelivery) -> Receipt:
        """The applicant chooses anew how papers come."""
        return self._take(command)

    @workflow.update(name=messages.CONFIRM_PAPER)
    def confirm_paper(self, command: ConfirmPaper) -> Receipt:
        """The applicant has the papers."""
        return self._take(command)

    @workflow.update(name=messages.MISS_PAPER)
    def miss_paper(self, command: MissPaper) -> Receipt:
        """The applicant says that the papers did not arrive."""
        return self._take(command)

    @workflow.update(name=messages.ANSWER_DELIVERY)
    def answer_delivery(self, command: AnswerDelivery) -> Receipt:
        """An operator answers the applicant about a delivery."""
        return self._take(command)

    @workflow.update(name=messages.FAST_FORWARD)
    def fast_forward(self, command: FastForward) -> Receipt:
        """The embedded city is about to skip the time of this case."""
        return self._take(command)

    @decide.validator
    def _may_decide(self, command: Decide) -> None:
        self._check_or_set_aside(command)

    @confirm.validator
    def _may_confirm(self, command: ConfirmCase) -> None:
        self._check(command)

    @cancel.validator
    def _may_cancel(self, command: Cancel) -> None:
        self._check(command)

    @answer_correction.validator
    def _may_answer(self, command: AnswerCorrection) -> None:
        self._check(command)

    @hand_in_instead.validator
    def _may_hand_in_instead(self, command: HandInInstead) -> None:
        self._check(command)

    @permit_correction.validator
    def _may_permit(self, command: PermitCorrection) -> None:
        self._check(command)

    @act.validator
    def _may_act(self, command: DepartmentAct) -> None:
        self._check_or_set_aside(command)

    @sign.validator
    def _may_sign(self, command: Sign) -> None:
        self._check_or_set_aside(command)

    @refuse_signature.validator
    def _may_refuse_signature(self, command: RefuseSignature) -> None:
        self._check_or_set_aside(command)

    @retry_item.validator
    def _may_retry(self, command: RetryItem) -> None:
        self._check(command)

    @suspend.validator
    def _may_suspend(self, command: SuspendCase) -> None:
        self._check(command)

    @resume.validator
    def _may_resume(self, command: ResumeCase) -> None:
        self._check(command)

    @learn_calendar.validator
    def _may_learn_calendar(self, command: LearnCalendar) -> None:
        self._check(command)

    @hand_in.validator
    def _may_hand_in(self, command: HandInMaterials) -> None:
        self._check(command)

    @give_mandate.validator
    def _may_give_mandate(self, command: GiveMandate) -> None:
        self._check(command)

    @revoke_mandate.validator
    def _may_revoke_mandate(self, command: RevokeMandate) -> None:
        self._check(command)

    @settle_task.validator
    def _may_settle(self, command: SettleTask) -> None:
        self._check(command)

    @choose_delivery.validator
    def _may_choose_delivery(self, command: ChooseDelivery) -> None:
        self._check(command)

    @confirm_paper.validator
    def _may_confirm_paper(self, command: ConfirmPaper) -> None:
        self._check(command)

    @miss_paper.validator
    def _may_miss_paper(self, command: MissPaper) -> None:
        self._check(command)

    @answer_delivery.validator
    def _may_answer_delivery(self, command: AnswerDelivery) -> None:
        self._check(command)

    @fast_forward.validator
    def _may_fast_forward(self, command: FastForward) -> None:
        self._check(command)

    def _check(self, command: Command) -> None:
        self._require_open()
        try:
            decide(self._state, command, workflow.now())
        except CommandRefused as refused:
            raise _failure(refused) from None

    def _check_or_set_aside(self, command: _OfDepartment) -> None:
        """Lets pass what counts, and once what does not but leaves its trace."""
        self._require_open()
        try:
            decide(self._state, command, workflow.now())
        except CommandRefused as refused:
            if not self._leaves_a_trace(command, refused):
                raise _failure(refused) from None

    def _require_open(self) -> None:
        if self._state.phase is CasePhase.CLOSED:
            raise _failure(case_closed())

    def _leaves_a_trace(self, command: _OfDepartment, refused: CommandRefused) -> bool:
        if isinstance(command, ActOnPaper) and command.operator is not None:
            return False  # an operator's own slip
        if isinstance(command, Sign) and command.department is None:
            return False  # a person's, who reads on the page what is the matter
        return bool(decide(self._state, trace_of(command, refused), workflow.now()))

    def _take_or_set_aside(self, command: _OfDepartment) -> Receipt:
        try:
            return self._take(command)
        except CommandRefused as refused:
            if self._leaves_a_trace(command, refused):
                self._take(trace_of(command, refused))
            raise _failure(refused) from None

    @workflow.query(name=messages.STATE)
    def state(self) -> CaseState:
        """The state as of the last thing that happened."""
        return self._state


def _failure(refused: CommandRefused) -> ApplicationError:
    return ApplicationError(refused.reason.en, refused.reason.zh, type=refused.code, non_retryable=True)
