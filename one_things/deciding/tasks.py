"""Tasks of operators."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.commands import HandOverMoney, RetryItem, SettleTask
from one_things.deciding.dispatch import case_closed, decision
from one_things.deciding.payments import given_back, paid_by_hand
from one_things.escrow import left_over
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: SettleTask, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    kinds = {task.kind for task in state.tasks if task.item == command.item}
    if not kinds:
        raise case_closed() if state.phase is CasePhase.CLOSED else _no_such_task()
    # Whatever else is to be put right about the item, its money is never settled with it unseen.
    settled = e.OperatorTaskSettled(at=at, item=command.item, operator=command.operator, note=command.note)
    if e.TaskKind.UNDO_FAILED in kinds:
        return (*given_back(state, command.item, command.payment, at, command.operator), settled)
    if e.TaskKind.MONEY_LEFT in kinds:
        left = left_over(state).get(command.item, 0)
        return (paid_by_hand(state, command.item, left, command.payment, command.operator, at), settled)
    if e.TaskKind.DELIVERY_FAILED in kinds:
        answered = e.DeliveryAnswered(
            at=at, item=command.item, operator=command.operator, outcome="settled", answer=command.note
        )
        return (answered,)
    return (settled,)


@decision.register
def _(command: RetryItem, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    kinds = {task.kind for task in state.tasks if task.item == command.item}
    if not kinds or state.phase is not CasePhase.OPEN:
        raise _no_such_task()
    if state.items[command.item].to_withdraw and state.plan.left_behind_is_seen:
        raise CommandRefused(
            "withdrawal-open",
            Text(
                zh="此前提交的申请尚未撤回完毕，请待部门答复后再重新提交。",
                en="What was submitted before is still being withdrawn: retry once its department has answered.",
            ),
        )
    if e.TaskKind.REFUSED_AFTER_PIVOT in kinds:
        anew = command.credit_anew and state.items[command.item].credit is e.CreditOutcome.BARRED
        return (e.ItemRetried(at=at, item=command.item, operator=command.operator, credit_anew=anew),)
    if e.TaskKind.ANSWER_INCOMPLETE in kinds and state.plan.item(command.item).payment is None:
        return (e.ItemRetried(at=at, item=command.item, operator=command.operator),)
    raise CommandRefused(
        "not-to-be-retried",
        Text(
            zh="涉及款项或撤销，不能重新提交：请与部门核实后办结该待办。",
            en="Money or an undoing is in doubt: settle it with the department, never ask for it a second time.",
        ),
    )


@decision.register
def _(command: HandOverMoney, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.item not in left_over(state) or any(
        task.item == command.item and task.kind.holds_the_case for task in state.tasks
    ):
        return ()
    return (e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.MONEY_LEFT),)


def _no_such_task() -> CommandRefused:
    return CommandRefused("no-such-task", Text(zh="没有这项待办。", en="There is no such task."))
