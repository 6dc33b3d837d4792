"""What an event says of how a department handles items: handed in, accepted, returned, corrected, decided, and how long
that took. Supervision adds these figures up; nothing else follows from them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, NamedTuple

from one_things import events as e
from one_things.case import CaseState, ItemState, ItemStatus
from one_things.clock import Stop, shanghai_date

SILENCE: Final = "silence"
"""Accepted, but by the department's silence and not by its word (行政许可法 32)."""
NO_PROMISE: Final = -1
_HOUR = timedelta(hours=1)
_HOURS_COUNTED_SINGLY: Final = 48
_UNDER_REVIEW = frozenset({ItemStatus.ACCEPTED, ItemStatus.NOTICE})


class Measure(StrEnum):
    """What is counted."""

    HANDED_IN = "handed_in"
    """An attempt reached, or is on its way to, the department."""
    ACCEPTED = "accepted"
    RETURNED = "returned"
    CORRECTION = "correction"
    APPROVED = "approved"
    REFUSED = "refused"


DECIDED: Final = (Measure.APPROVED, Measure.REFUSED)

Days = tuple[date, date]
"""From the first to the last, both included."""


class Figure(NamedTuple):
    """One thing that a department did, or that was done to it, as far as it is counted. Days are those of the city."""

    department: str
    bundle: str
    item: str
    day: date
    measure: str
    since: date
    """Acceptance counts from hand-in, a decision from acceptance; the day itself where nothing is timed."""
    reason: str = ""
    """Of a return, a code of `ReturnReason`; of an acceptance, `SILENCE` or nothing."""
    responsible: str = ""
    """Of a return."""
    stopped: tuple[Days, ...] = ()
    """Days that do not count: special procedures (行政许可法 45), and rests of the applicant."""
    hours: int = 0
    """Within how many hours, without those of the stops: 1 is within the hour. 0 where nothing is timed. Above two days
    counted in full days, so that there are few different ones."""
    promised: int = NO_PROMISE
    """Working days that the bundle promises for the decision; NO_PROMISE where it promises none."""
    late: bool = False
    """Decided after its limit, or accepted by silence."""


def figure_of(before: CaseState | None, event: e.Event) -> Figure | None:
    """What ``event`` adds to the figures of a department, by the case as it was just before; None for nothing."""
    if before is None:
        return None
    match event:
        case e.ItemSubmitted():
            return _plain(before, event, Measure.HANDED_IN)
        case e.ItemReturned():
            returned = _plain(before, event, Measure.RETURNED)
            return returned._replace(reason=event.reason.value, responsible=event.responsible.value)
        case e.CorrectionRequested():
            return _plain(before, event, Measure.CORRECTION)
        case e.ItemAccepted() | e.NoticeBegan():
            return _accepted(before, event)
        case e.ItemApproved():
            return _decided(before, event, Measure.APPROVED)
        case e.ItemRefused(by_platform=False) if not event.code.startswith("returned-"):
            return _decided(before, event, Measure.REFUSED)
        case _:
            return None


def _plain(before: CaseState, event: e.ItemEvent, measure: Measure) -> Figure:
    planned, day = before.plan.item(event.item), shanghai_date(event.at)
    return Figure(planned.department, before.plan.bundle, planned.id, day, measure.value, day)


def _accepted(before: CaseState, event: e.ItemAccepted | e.NoticeBegan) -> Figure:
    item = before.items[event.item]
    by_word = item.accepted_from if item.accepted_from is not None and not item.deemed_accepted else event.at
    accepted = _timed(before, event, Measure.ACCEPTED, item.submitted_at, by_word, _rests(before))
    return accepted._replace(reason=SILENCE, late=True) if item.deemed_accepted else accepted


def _decided(before: CaseState, event: e.ItemApproved | e.ItemRefused, measure: Measure) -> Figure:
    """What was never accepted by a word of its own was accepted and decided at once, from its submission on."""
    item = before.items[event.item]
    began = item.accepted_at if item.status in _UNDER_REVIEW else item.submitted_at
    procedures = [run.stop for run in item.procedures]
    decided = _timed(before, event, measure, began, event.at, [*procedures, *_rests(before)])
    planned = before.plan.item(event.item)
    promised = planned.limits.committed_days if planned.limits is not None else planned.committed_days
    return decided._replace(promised=NO_PROMISE if promised is None else promised, late=_is_late(item, event.at))


def _is_late(item: ItemState, at: datetime) -> bool:
    return item.status is ItemStatus.ACCEPTED and (item.breached or (item.due_at is not None and item.due_at <= at))


def _timed(
    before: CaseState, event: e.ItemEvent, measure: Measure, began: datetime | None, ended: datetime, stops: list[Stop]
) -> Figure:
    plain = _plain(before, event, measure)
    if began is None or began > ended:  # decided with no submission: there is nothing to be timed
        return plain
    still = tuple(_overlaps(stops, began, ended))
    took = ended - began - sum((until - since for since, until in still), timedelta())
    return plain._replace(
        day=shanghai_date(ended),
        since=shanghai_date(began),
        stopped=tuple((shanghai_date(since), shanghai_date(until)) for since, until in still),
        hours=_hours(took),
    )


def _overlaps(stops: list[Stop], began: datetime, ended: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stops between the two moments, in order, none of them overlapping another."""
    reached = began
    for stop in sorted(stops, key=lambda stop: stop.since):
        since, until = max(stop.since, reached), min(stop.until or ended, ended)
        if since < until:
            yield since, until
            reached = until


def _hours(took: timedelta) -> int:
    hours = max(1, ceil(took / _HOUR))
    return hours if hours <= _HOURS_COUNTED_SINGLY else ceil(hours / 24) * 24


def _rests(before: CaseState) -> list[Stop]:
    return [*before.rests, *([Stop(since=before.rest.since)] if before.rest is not None else [])]


class Lying(NamedTuple):
    """With whom an undecided item lies, and from which moments by the wall clock it is pressing, and late."""

    lies_with: str | None = None
    """``department``, ``applicant``, or None for one that is still to come, decided or given up."""
    soon_from: datetime | None = None
    late_from: datetime | None = None


_WITH_DEPARTMENT = frozenset({ItemStatus.SUBMITTED, ItemStatus.RECEIVED, ItemStatus.ACCEPTED, ItemStatus.NOTICE})
_WITH_APPLICANT = frozenset({ItemStatus.CORRECTION, ItemStatus.RETURNED})
_LAST_DAY = timedelta(days=1)


def lying(state: CaseState, item_id: str) -> Lying:
    """Where this item lies. A case of the embedded city has its own time, ahead of the wall clock: taken off here."""
    item = state.items[item_id]
    if state.closed_at is not None or item.status not in _WITH_DEPARTMENT | _WITH_APPLICANT:
        return Lying()
    if item.status in _WITH_APPLICANT:
        return Lying("applicant")
    ahead = timedelta(seconds=state.seconds_ahead)
    if item.status is ItemStatus.RECEIVED and item.received is not None and item.accepted_from is None:
        return Lying("department", item.received.deemed_at - _LAST_DAY - ahead)
    if item.status is not ItemStatus.ACCEPTED or item.due_at is None:
        return Lying("department")
    warned = item.watch.dates.warn_at if item.watch.dates is not None else item.due_at - _LAST_DAY
    return Lying("department", warned - ahead, item.due_at - ahead)
