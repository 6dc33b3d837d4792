"""What departments answer and decide."""

from datetime import datetime

from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus
from one_things.commands import (
    BeginSubmission,
    Decide,
    Done,
    NeedsCorrection,
    Received,
    RecordReply,
    RecordUndone,
    RecordUnreachable,
    Refused,
    Taken,
    Verdict,
)
from one_things.deciding.accepted import accepted
from one_things.deciding.contradicting import contradicts
from one_things.deciding.corrections import correction_in_reply, request_correction
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of, not_waiting
from one_things.deciding.payments import given_back
from one_things.deciding.verdicts import approve, refuse
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: BeginSubmission, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.status is not ItemStatus.WAITING or state.phase is not CasePhase.OPEN:
        raise not_waiting(command.item)
    return (e.ItemSubmitted(at=at, item=command.item, attempt=item.attempt + 1),)


@decision.register
def _(command: RecordUnreachable, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.unreachable_since is not None:
        return ()
    return (e.DepartmentUnreachable(at=at, item=command.item, attempt=item.attempt),)


@decision.register
def _(command: RecordReply, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.status is not ItemStatus.SUBMITTED or item.attempt != command.attempt:
        return ()  # the decision overtook the reply to the submission: it has counted already
    decision_id = f"{command.item}:{command.attempt}:reply"
    match command.reply:
        case Done() as done:
            return _done(state, command.item, decision_id, done, at)
        case Refused(code=code, reason=reason, article=article):
            return refuse(state, command.item, decision_id, code, reason, article, at)
        case NeedsCorrection(points=points, named=named):
            return correction_in_reply(state, command.item, decision_id, points, named, at)
        case Taken() as taken:
            return (accepted(command.item, item.attempt, taken, at),)
        case Received() as received:
            return (
                e.ItemReceived(
                    at=at, item=command.item, attempt=item.attempt, **received.model_dump(exclude={"reply"})
                ),
            )


def _done(state: CaseState, item_id: str, decision_id: str, done: Done, at: datetime) -> tuple[e.Event, ...]:
    """Decided in the answer itself: nobody can be told any more that it does not count, so a person is."""
    try:
        return approve(state, item_id, decision_id, done.results, at, done.payment)
    except CommandRefused as refused:
        return (
            e.AnswerNotCounted(at=at, item=item_id, attempt=state.items[item_id].attempt, code=refused.code),
            e.OperatorTaskOpened(at=at, item=item_id, kind=e.TaskKind.ANSWER_INCOMPLETE),
        )


@decision.register
def _(command: Decide, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if state.plan.item(command.item).department != command.department:
        raise CommandRefused("foreign", Text(zh="该事项不属于此部门。", en="The item belongs to another department."))
    if command.decision_id in item.decision_ids:
        return ()
    if item.status in {ItemStatus.WAITING, ItemStatus.CORRECTION, ItemStatus.RETURNED}:
        raise not_waiting(command.item)
    if contradicts(state, command.item, command.attempt, command.verdict.value):
        raise CommandRefused(
            "contradicting",
            Text(
                zh="该事项此前已有相反的决定，以先到者为准；已转平台运营人员核实。",
                en="The item was decided the other way before. What came first counts; an operator looks into it.",
            ),
        )
    if item.status not in PENDING or state.phase is not CasePhase.OPEN or command.attempt != item.attempt:
        raise CommandRefused(
            "too-late",
            Text(zh="该事项已有决定或已撤回。", en="The item is decided already or was withdrawn."),
        )
    match command.verdict:
        case Verdict.APPROVED:
            if state.plan.item(command.item).notice is not None:
                raise not_waiting(command.item)  # nobody shortens a public notice (公司法 240)
            return approve(state, command.item, command.decision_id, command.results, at, command.payment)
        case Verdict.REFUSED | Verdict.OBJECTION:
            if command.reason is None:
                raise CommandRefused(
                    "reason-missing", Text(zh="不予通过须说明理由。", en="A refusal must give its reason.")
                )
            code = "objection" if command.verdict is Verdict.OBJECTION else command.code or "refused"
            return refuse(state, command.item, command.decision_id, code, command.reason, command.article, at)
        case Verdict.CORRECTION:
            if command.points is None:
                raise CommandRefused(
                    "points-missing", Text(zh="补正须一次性列明各项。", en="A correction notice must list its points.")
                )
            return request_correction(state, command.item, command.decision_id, command.points, command.named, at)


@decision.register
def _(command: RecordUndone, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.to_withdraw:
        withdrawn = e.SubmissionWithdrawn(at=at, item=command.item)
        task = e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.WITHDRAWAL_FAILED, reason=command.refused)
        return (withdrawn, task) if command.failed else (withdrawn,)
    if state.phase is not CasePhase.STOPPING or not (item.lies_with_department or item.status is ItemStatus.APPROVED):
        return ()
    if not command.failed:
        try:
            money = given_back(state, command.item, command.payment, at)
        except CommandRefused as refused:
            return (
                e.AnswerNotCounted(at=at, item=command.item, attempt=item.attempt, code=refused.code),
                e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.UNDO_FAILED),
            )
        return (*money, e.ItemUndone(at=at, item=command.item))
    return (e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.UNDO_FAILED, reason=command.refused),)
