"""What a department may do on the way to a decision: special procedures and the one extension, as the bundle allows."""

from datetime import datetime

from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemState, ItemStatus
from one_things.commands import ActOfDepartment, BeginProcedure, EndProcedure, ExtendLimit
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of, not_waiting
from one_things.faults import CommandRefused
from one_things.text import Text


def undecided(act: ActOfDepartment, state: CaseState) -> ItemState | None:
    """The undecided item at its department that ``act`` is about; None when the act counted before.

    Raises CommandRefused: "item-unknown", "foreign", "not-waiting", "too-late".
    """
    item = item_of(state, act.item)
    if state.plan.item(act.item).department != act.department:
        raise CommandRefused("foreign", Text(zh="该事项不属于此部门。", en="The item belongs to another department."))
    if act.act_id in item.act_ids:
        return None
    if item.status in {ItemStatus.WAITING, ItemStatus.CORRECTION, ItemStatus.RETURNED}:
        raise not_waiting(act.item)
    if item.status not in PENDING or state.phase is not CasePhase.OPEN or act.attempt != item.attempt:
        raise CommandRefused(
            "too-late", Text(zh="该事项已有决定或已撤回。", en="The item is decided already or was withdrawn.")
        )
    return item


def under_review(act: ActOfDepartment, state: CaseState) -> ItemState | None:
    """The accepted item that ``act`` is about; None when the act counted before.

    Raises CommandRefused as ``undecided`` does, and "not-accepted" (say it again later).
    """
    item = undecided(act, state)
    if item is not None and item.status is not ItemStatus.ACCEPTED:
        raise CommandRefused(
            "not-accepted",
            Text(zh="该事项尚未受理或正在公示。", en="The item is not accepted yet, or is on notice."),
        )
    return item


@decision.register
def _(command: BeginProcedure, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = under_review(command, state)
    if item is None:
        return ()
    declared = {procedure.id: procedure for procedure in state.plan.item(command.item).procedures}
    if command.procedure not in declared:
        raise CommandRefused(
            "procedure-unknown",
            Text(zh="该事项未规定此特殊环节。", en="The item has no such special procedure."),
        )
    if any(run.lasts and run.procedure == command.procedure for run in item.procedures):
        raise CommandRefused(
            "procedure-lasts", Text(zh="该特殊环节正在进行。", en="This special procedure has begun already.")
        )
    return (
        e.SpecialProcedureBegan(
            at=at,
            item=command.item,
            attempt=item.attempt,
            act_id=command.act_id,
            procedure=command.procedure,
            working_days=declared[command.procedure].working_days,
        ),
    )


@decision.register
def _(command: EndProcedure, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = under_review(command, state)
    if item is None:
        return ()
    if not any(run.lasts and run.procedure == command.procedure for run in item.procedures):
        raise CommandRefused(
            "procedure-not-begun", Text(zh="没有正在进行的此特殊环节。", en="No such special procedure is going on.")
        )
    return (
        e.SpecialProcedureEnded(
            at=at, item=command.item, attempt=item.attempt, act_id=command.act_id, procedure=command.procedure
        ),
    )


@decision.register
def _(command: ExtendLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = under_review(command, state)
    if item is None:
        return ()
    limits = state.plan.item(command.item).limits
    allowed = limits.extension if limits is not None else None
    if allowed is None:
        raise CommandRefused(
            "extension-not-declared", Text(zh="该事项的期限不能延长。", en="The limit of this item cannot be extended.")
        )
    if item.extension is not None:
        raise CommandRefused(
            "extended-already", Text(zh="该事项已延长过一次。", en="The limit was extended once already.")
        )
    if item.breached or (item.due_at is not None and at >= item.due_at):
        raise CommandRefused(
            "limit-passed", Text(zh="期限已过，不能再延长。", en="The limit has passed and can no longer be extended.")
        )
    days = allowed.working_days if command.working_days is None else command.working_days
    if days > allowed.working_days:
        raise CommandRefused(
            "extension-too-long",
            Text(
                zh=f"最多可延长 {allowed.working_days} 个工作日。",
                en=f"It can be extended by at most {allowed.working_days} working days.",
            ),
        )
    return (
        e.LimitExtended(
            at=at,
            item=command.item,
            attempt=item.attempt,
            act_id=command.act_id,
            working_days=days,
            approver=command.approver,
            reason=command.reason,
        ),
    )
