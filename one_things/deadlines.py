"""Limits, rests and silence: what follows from them by itself, and when. Each has its command; ``decide`` judges it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from one_things.case import CasePhase, CaseState, ItemState, ItemStatus
from one_things.commands import (
    BreachJointLimit,
    BreachLimit,
    Command,
    DoubtDate,
    DoubtJointLimit,
    EscalateJointLimit,
    EscalateLimit,
    ReportSilence,
    ResumeCase,
    WarnJointLimit,
    WarnLimit,
)
from one_things.events import LimitKind
from one_things.joint_limits import running
from one_things.limit_watch import LimitWatch


class Deadline(NamedTuple):
    """At ``at`` the command follows by itself, unless something happens first."""

    at: datetime
    command: Command


def limit_deadlines(state: CaseState) -> Iterator[Deadline]:
    """What follows from the limits of an open case, and the end of its rest."""
    if state.rest is not None:
        yield Deadline(state.rest.resumes_at, ResumeCase())
    for item_id, item in state.items.items():
        if item.status is ItemStatus.ACCEPTED and not item.date_in_doubt:
            yield from _of_item(item_id, item)
    for limit in state.joint:
        yield from _of_joint_limit(state, limit)


def _of_item(item_id: str, item: ItemState) -> Iterator[Deadline]:
    if item.watch.dates is None:
        # Standing, or planned before there was more to a limit than its breach.
        if item.due_at is not None and not item.breached:
            breach = DoubtDate(item=item_id) if item.provisional else BreachLimit(item=item_id)
            yield Deadline(item.due_at, breach)
    else:
        yield from _of_watch(item_id, item.watch, None)
    for run in item.procedures:
        if run.lasts and run.watch.dates is not None:
            yield from _of_watch(item_id, run.watch, run.procedure)


def _of_watch(item: str, watch: LimitWatch, procedure: str | None) -> Iterator[Deadline]:
    dates = watch.dates
    assert dates is not None
    if not watch.warned and not watch.breached:
        yield Deadline(dates.warn_at, WarnLimit(item=item, procedure=procedure))
    if dates.doubtful_at is not None:
        yield Deadline(dates.doubtful_at, DoubtDate(item=item))
    if not watch.breached and not dates.provisional:
        yield Deadline(dates.due_at, BreachLimit(item=item, procedure=procedure))
    if dates.statutory_at is not None and not watch.breached_statutory and not dates.statutory_provisional:
        breach = BreachLimit(item=item, limit=LimitKind.STATUTORY, procedure=procedure)
        yield Deadline(dates.statutory_at, breach)
    for level, at in _next_levels(watch):
        yield Deadline(at, EscalateLimit(item=item, level=level, procedure=procedure))


def _of_joint_limit(state: CaseState, limit: str) -> Iterator[Deadline]:
    run = running(state, limit)
    if run is None or run.watch.dates is None:
        return
    watch, dates = run.watch, run.watch.dates
    if not watch.warned and not watch.breached:
        yield Deadline(dates.warn_at, WarnJointLimit(limit=limit))
    if dates.doubtful_at is not None:
        yield Deadline(dates.doubtful_at, DoubtJointLimit(limit=limit))
    if not watch.breached and not dates.provisional:
        yield Deadline(dates.due_at, BreachJointLimit(limit=limit, kind=LimitKind.COMMITTED))
    if dates.statutory_at is not None and not watch.breached_statutory and not dates.statutory_provisional:
        yield Deadline(dates.statutory_at, BreachJointLimit(limit=limit, kind=LimitKind.STATUTORY))
    for level, at in _next_levels(watch):
        yield Deadline(at, EscalateJointLimit(limit=limit, level=level))


def _next_levels(watch: LimitWatch) -> Iterator[tuple[str, datetime]]:
    if watch.breached and watch.dates is not None:
        yield from ((level, at) for level, at in watch.dates.escalate_at.items() if level not in watch.escalated)


def silence_deadlines(state: CaseState) -> Iterator[Deadline]:
    """When a department that answers nothing becomes an operator's task, also while a case is being undone."""
    if state.plan.silence_hours is None or state.phase is CasePhase.CLOSED:
        return
    patience = timedelta(hours=state.plan.silence_hours)
    for item_id, item in state.items.items():
        if item.unreachable_since is not None and not item.silence_reported:
            yield Deadline(item.unreachable_since + patience, ReportSilence(item=item_id))
