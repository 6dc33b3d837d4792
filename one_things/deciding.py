"""Which events follow from a command: ``decide``. It never changes anything; ``evolve`` does."""

from datetime import datetime
from functools import singledispatch

from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemState, ItemStatus
from one_things.commands import (
    AnswerCorrection,
    BeginSubmission,
    BreachLimit,
    Cancel,
    Close,
    Command,
    Decide,
    Done,
    DoubtDate,
    EndNotice,
    FastForward,
    LapseWindow,
    NeedsCorrection,
    OpenCase,
    RecordDate,
    RecordReply,
    RecordSharedData,
    RecordSourceDown,
    RecordUndone,
    RecordUnreachable,
    Refused,
    SettleTask,
    Taken,
    Verdict,
)
from one_things.faults import CommandRefused
from one_things.model import Record
from one_things.order import precedes_pivot
from one_things.sealed import Sealed
from one_things.text import Text


def open_case(command: OpenCase, at: datetime) -> e.CaseOpened:
    """The first event of a case."""
    return e.CaseOpened(
        at=at,
        case_no=command.case_no,
        plan=command.plan,
        form=command.form,
        answers=command.answers,
        owner=command.owner,
        channel=command.channel,
        time_can_be_skipped=command.time_can_be_skipped,
    )


def decide(state: CaseState, command: Command, at: datetime) -> tuple[e.Event, ...]:
    """The events that follow from ``command`` at the time ``at``; none when it is a repeat of what already counted.

    Raises CommandRefused, with a stable code, when the state does not allow it.
    """
    if state.phase is CasePhase.CLOSED:
        raise CommandRefused("case-closed", Text(zh="该办件已办结。", en="The case is closed."))
    return _decide(command, state, at)


@singledispatch
def _decide(command: Record, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    raise TypeError(f"no rule for {type(command).__name__}")


@_decide.register
def _(command: RecordSharedData, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.lookup in state.facts:
        return ()
    if command.fields is None:
        return (e.SharedDataMissing(at=at, lookup=command.lookup),)
    return (e.SharedDataFetched(at=at, lookup=command.lookup, fields=command.fields, digest=command.digest),)


@_decide.register
def _(command: RecordSourceDown, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.lookup in state.facts or command.lookup in state.sources_down:
        return ()
    return (e.SharedDataUnavailable(at=at, lookup=command.lookup),)


@_decide.register
def _(command: BeginSubmission, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if item.status is not ItemStatus.WAITING or state.phase is not CasePhase.OPEN:
        raise _not_waiting(command.item)
    return (e.ItemSubmitted(at=at, item=command.item, attempt=item.attempt + 1),)


@_decide.register
def _(command: RecordUnreachable, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if item.unreachable_since is not None:
        return ()
    return (e.DepartmentUnreachable(at=at, item=command.item, attempt=item.attempt),)


@_decide.register
def _(command: RecordReply, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if item.status is not ItemStatus.SUBMITTED or item.attempt != command.attempt:
        return ()  # the decision overtook the reply to the submission: it has counted already
    decision_id = f"{command.item}:{command.attempt}:reply"
    match command.reply:
        case Done(results=results):
            return _approve(state, command.item, decision_id, results, at)
        case Refused(code=code, reason=reason, article=article):
            return _refuse(state, command.item, decision_id, code, reason, article, at)
        case NeedsCorrection(points=points):
            return (
                e.CorrectionRequested(
                    at=at, item=command.item, attempt=item.attempt, decision_id=decision_id, points=points
                ),
            )
        case Taken() as taken:
            return (_accept(command.item, item.attempt, taken, at),)


def _accept(item_id: str, attempt: int, taken: Taken, at: datetime) -> e.Event:
    if taken.notice_ends_at is not None:
        return e.NoticeBegan(
            at=at,
            item=item_id,
            attempt=attempt,
            reference=taken.reference,
            ends_at=taken.notice_ends_at,
            windows=taken.windows,
            provisional_windows=taken.provisional_windows,
        )
    return e.ItemAccepted(
        at=at,
        item=item_id,
        attempt=attempt,
        reference=taken.reference,
        due_on=taken.due_on,
        due_at=taken.due_at,
        provisional=taken.provisional,
    )


@_decide.register
def _(command: Decide, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if state.plan.item(command.item).department != command.department:
        raise CommandRefused("foreign", Text(zh="该事项不属于此部门。", en="The item belongs to another department."))
    if command.decision_id in item.decision_ids:
        return ()
    if item.status is ItemStatus.WAITING or item.status is ItemStatus.CORRECTION:
        raise _not_waiting(command.item)
    if item.status not in PENDING or state.phase is not CasePhase.OPEN or command.attempt != item.attempt:
        raise CommandRefused(
            "too-late",
            Text(zh="该事项已有决定或已撤回。", en="The item is decided already or was withdrawn."),
        )
    match command.verdict:
        case Verdict.APPROVED:
            if state.plan.item(command.item).notice is not None:
                raise _not_waiting(command.item)  # nobody shortens a public notice (公司法 240)
            return _approve(state, command.item, command.decision_id, command.results, at)
        case Verdict.REFUSED | Verdict.OBJECTION:
            if command.reason is None:
                raise CommandRefused(
                    "reason-missing", Text(zh="不予通过须说明理由。", en="A refusal must give its reason.")
                )
            code = "objection" if command.verdict is Verdict.OBJECTION else command.code or "refused"
            return _refuse(state, command.item, command.decision_id, code, command.reason, command.article, at)
        case Verdict.CORRECTION:
            if command.points is None:
                raise CommandRefused(
                    "points-missing", Text(zh="补正须一次性列明各项。", en="A correction notice must list its points.")
                )
            return (
                e.CorrectionRequested(
                    at=at,
                    item=command.item,
                    attempt=item.attempt,
                    decision_id=command.decision_id,
                    points=command.points,
                ),
            )


def _approve(
    state: CaseState, item_id: str, decision_id: str, results: tuple[e.DecidedResult, ...], at: datetime
) -> tuple[e.Event, ...]:
    approved = e.ItemApproved(at=at, item=item_id, decision_id=decision_id, results=results)
    return (approved, e.PivotPassed(at=at, item=item_id)) if state.plan.item(item_id).pivot else (approved,)


def _refuse(
    state: CaseState, item_id: str, decision_id: str, code: str, reason: Sealed, article: str | None, at: datetime
) -> tuple[e.Event, ...]:
    refused = e.ItemRefused(at=at, item=item_id, decision_id=decision_id, code=code, reason=reason, article=article)
    if state.phase is CasePhase.STOPPING:
        return (refused,)
    if state.pivot_passed:
        return (
            refused,
            e.OperatorTaskOpened(at=at, item=item_id, kind=e.TaskKind.REFUSED_AFTER_PIVOT, reason=reason),
        )
    if precedes_pivot(state.plan, item_id):
        stop = e.StopReason.OBJECTED if code == "objection" else e.StopReason.REFUSED
        return (refused, e.CaseStopped(at=at, reason=stop, item=item_id))
    return (refused,)


@_decide.register
def _(command: EndNotice, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if _item(state, command.item).status is not ItemStatus.NOTICE:
        return ()
    return (e.NoticeEnded(at=at, item=command.item),)


@_decide.register
def _(command: BreachLimit, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if item.status is not ItemStatus.ACCEPTED or item.breached or item.due_on is None:
        return ()
    return (e.LimitBreached(at=at, item=command.item, due_on=item.due_on),)


@_decide.register
def _(command: LapseWindow, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if not item.awaits_hand_in or item.window_ends_at is None or state.phase is not CasePhase.OPEN:
        return ()
    lapsed = e.ItemLapsed(at=at, item=command.item, window_ended_at=item.window_ends_at)
    if precedes_pivot(state.plan, command.item):
        return (lapsed, e.CaseStopped(at=at, reason=e.StopReason.LAPSED, item=command.item))
    return (lapsed,)


@_decide.register
def _(command: DoubtDate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if item.date_in_doubt or not (item.provisional or item.window_provisional):
        return ()
    return (e.DateDoubted(at=at, item=command.item),)


@_decide.register
def _(command: RecordDate, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if not _item(state, command.item).date_in_doubt:
        return ()
    return (
        e.DateReckoned(
            at=at,
            item=command.item,
            due_on=command.due_on,
            due_at=command.due_at,
            window_ends_at=command.window_ends_at,
        ),
    )


@_decide.register
def _(command: AnswerCorrection, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if _item(state, command.item).status is not ItemStatus.CORRECTION or state.phase is not CasePhase.OPEN:
        raise CommandRefused(
            "no-correction-asked",
            Text(zh="该事项没有待补正的内容。", en="Nothing is to be corrected for this item."),
        )
    return (e.CorrectionAnswered(at=at, item=command.item, form=command.form, channel=command.channel),)


@_decide.register
def _(command: Cancel, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if state.phase is CasePhase.STOPPING:
        return ()
    if state.pivot_passed:
        raise CommandRefused(
            "pivot-passed",
            Text(
                zh="关键事项已办结，不能再撤回；其余事项会继续办理。",
                en="The deciding item is done, so the application can no longer be taken back; the rest goes on.",
            ),
        )
    under_decision = PENDING - {ItemStatus.CORRECTION}
    if any(state.items[item.id].status in under_decision for item in state.plan.items if item.pivot):
        raise CommandRefused(
            "pivot-being-decided",
            Text(
                zh="关键事项正在审批，暂不能撤回；请等待结果。",
                en="The deciding item is being decided, so the application cannot be taken back now; await the result.",
            ),
        )
    return (e.CaseStopped(at=at, reason=e.StopReason.CANCELLED, channel=command.channel),)


@_decide.register
def _(command: RecordUndone, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = _item(state, command.item)
    if state.phase is not CasePhase.STOPPING or not (item.lies_with_department or item.status is ItemStatus.APPROVED):
        return ()
    if not command.failed:
        return (e.ItemUndone(at=at, item=command.item),)
    return (e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.UNDO_FAILED, reason=command.refused),)


@_decide.register
def _(command: SettleTask, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if all(task.item != command.item for task in state.tasks):
        raise CommandRefused("no-such-task", Text(zh="没有这项待办。", en="There is no such task."))
    return (e.OperatorTaskSettled(at=at, item=command.item, operator=command.operator, note=command.note),)


@_decide.register
def _(command: FastForward, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if not state.time_can_be_skipped:
        raise CommandRefused(
            "real-time",
            Text(zh="此办件按真实时间办理。", en="This case runs in real time; only the embedded city skips time."),
        )
    return (e.ClockFastForwarded(at=at, seconds=command.seconds),)


@_decide.register
def _(command: Close, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    return (e.CaseClosed(at=at, outcome=command.outcome),)


def _item(state: CaseState, item_id: str) -> ItemState:
    if item_id not in state.items:
        raise CommandRefused("item-unknown", Text(zh="该办件没有这个事项。", en="The case has no such item."))
    return state.items[item_id]


def _not_waiting(item_id: str) -> CommandRefused:
    return CommandRefused(
        "not-waiting",
        Text(zh=f"事项 {item_id} 当前不待此决定。", en=f"The item {item_id} is not awaiting this now."),
    )
