"""The course of the case: taken back, moved ahead, closed."""

from datetime import datetime

from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus
from one_things.commands import (
    Cancel,
    Close,
    FastForward,
)
from one_things.deciding.dispatch import decision
from one_things.deciding.proposals import decline
from one_things.delivery_steps import is_undoable
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: Cancel, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if state.phase is CasePhase.PROPOSED:
        return decline(command.channel, at)
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
    if any(is_undoable(state, item) for item in state.deliveries):
        raise CommandRefused(
            "papers-going-out",
            Text(
                zh="全部事项已办结，纸质结果正在送达，不能再撤回。",
                en="Everything is decided and its papers go out, so the application can no longer be taken back.",
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


@decision.register
def _(command: FastForward, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if not state.time_can_be_skipped:
        raise CommandRefused(
            "real-time",
            Text(zh="此办件按真实时间办理。", en="This case runs in real time; only the embedded city skips time."),
        )
    return (e.ClockFastForwarded(at=at, seconds=command.seconds),)


@decision.register
def _(command: Close, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    return (e.CaseClosed(at=at, outcome=command.outcome),)
