"""The applicant rests a case and goes on with it, where the bundle allows it; and a calendar becomes known."""

from datetime import datetime, timedelta

from one_things import events as e
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus
from one_things.clock import Stop, end_of_day, shanghai_date
from one_things.commands import LearnCalendar, ResumeCase, SuspendCase
from one_things.deciding.dispatch import decision
from one_things.faults import CommandRefused
from one_things.provisional import has_provisional_dates
from one_things.text import Text


@decision.register
def _(command: SuspendCase, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if state.rest is not None:
        return ()
    if state.plan.suspension is None:
        raise CommandRefused(
            "rest-not-allowed", Text(zh="此一件事不能中止办理。", en="This one-thing cannot be rested.")
        )
    _refuse_near_the_pivot(state)
    left = state.plan.suspension.calendar_days - sum(map(_days_of, state.rests))
    if left < 1:
        raise CommandRefused(
            "rest-used-up",
            Text(zh="可中止的天数已用完。", en="The days for which this case may rest are used up."),
        )
    resumes_at = end_of_day(shanghai_date(at) + timedelta(days=left))
    return (e.CaseSuspended(at=at, channel=command.channel, resumes_at=resumes_at),)


@decision.register
def _(command: ResumeCase, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if state.rest is None or state.phase is not CasePhase.OPEN:
        return ()
    if command.channel is None and at < state.rest.resumes_at:
        return ()  # the alarm of an earlier rest
    return (e.CaseResumed(at=at, channel=command.channel),)


@decision.register
def _(command: LearnCalendar, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.publication <= state.calendar or not has_provisional_dates(state):
        return ()
    return (e.CalendarKnown(at=at, publication=command.publication),)


def _refuse_near_the_pivot(state: CaseState) -> None:
    if state.phase is not CasePhase.OPEN:
        raise CommandRefused("case-stopping", Text(zh="该办件正在撤回。", en="The case is being withdrawn."))
    if state.pivot_passed:
        raise CommandRefused(
            "pivot-passed",
            Text(zh="关键事项已办结，不能再中止。", en="The deciding item is done, so the case can no longer rest."),
        )
    under_decision = PENDING - {ItemStatus.CORRECTION}
    if any(state.items[item.id].status in under_decision for item in state.plan.items if item.pivot):
        raise CommandRefused(
            "pivot-being-decided",
            Text(
                zh="关键事项正在审批，不能中止；请等待结果。",
                en="The deciding item is being decided, so the case cannot rest now; await the result.",
            ),
        )


def _days_of(rest: Stop) -> int:
    """Calendar days that a rest took of those allowed: the day it began does not count, but no rest is for nothing."""
    until = rest.until or rest.since
    return max((shanghai_date(until) - shanghai_date(rest.since)).days, 1)
