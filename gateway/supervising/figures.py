"""Counts become figures: rates, medians and ninth deciles, by working days and by hours."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.texts import text
from one_things.events import Responsible, ReturnReason
from one_things.handling import DECIDED, NO_PROMISE, SILENCE, Measure
from one_things.model import Record
from one_things.text import Text


class Counted(NamedTuple):
    """So many things of one kind, as the read model counts them."""

    department: str
    bundle: str
    item: str
    measure: str
    reason: str
    responsible: str
    hours: int
    promised: int
    late: bool
    working_days: int
    times: int


class Times(Record):
    """How long it took: half of all within the p50, nine in ten within the p90. None where nothing was timed."""

    timed: int = 0
    p50_working_days: int | None = None
    p90_working_days: int | None = None
    p50_hours: int | None = None
    p90_hours: int | None = None
    """Within so many hours, without those in which the clock stood; above two days in full days."""


class Returned(Record):
    """Returns (退件) for one reason, by whose doing it was."""

    reason: ReturnReason
    reason_text: Text
    responsible: Responsible
    responsible_text: Text
    count: int
    share: float
    """Of what was handed in."""


class Figures(Record):
    """What was done in the period. Rates are shares from 0 to 1, None where there is nothing to be a share of."""

    handed_in: int
    """Attempts: what was returned or corrected and handed in again counts again."""
    accepted: int
    accepted_by_silence: int
    """Because the department said nothing in its five working days (行政许可法 32); counted in ``accepted`` too."""
    returned: int
    corrections: int
    approved: int
    refused: int
    late: int
    """Decisions after their limit."""
    return_rate: float | None
    """Returned to handed in; ought to stay at or under 0.1."""
    correction_rate: float | None
    in_time_rate: float | None
    """Decisions within their limit, of those for which the bundle promises one."""
    promised_working_days: tuple[int, ...]
    """What the bundles promise for the decisions that were made."""
    acceptance: Times
    """From hand-in; without acceptances by silence."""
    decision: Times
    """From acceptance, or from hand-in where it was decided at once."""
    returns: tuple[Returned, ...]
    """The most frequent first."""


def by_department(counted: Iterable[Counted]) -> dict[str, Figures]:
    """The figures of each department."""
    rows: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        rows[one.department].append(one)
    return {department: figures(of_it) for department, of_it in rows.items()}


def by_item(counted: Iterable[Counted]) -> dict[tuple[str, str], Figures]:
    """The figures of each item of one department, by bundle and item."""
    rows: defaultdict[tuple[str, str], list[Counted]] = defaultdict(list)
    for one in counted:
        rows[one.bundle, one.item].append(one)
    return {item: figures(of_it) for item, of_it in rows.items()}


def figures(counted: Iterable[Counted]) -> Figures:
    """These counts together."""
    rows = list(counted)
    total: Counter[str] = Counter()
    for one in rows:
        total[one.measure] += one.times
    handed_in, returned = total[Measure.HANDED_IN], total[Measure.RETURNED]
    decided = [one for one in rows if one.measure in DECIDED]
    promised = [one for one in decided if one.promised != NO_PROMISE]
    late = sum(one.times for one in decided if one.late)
    accepted = [one for one in rows if one.measure == Measure.ACCEPTED]
    return Figures(
        handed_in=handed_in,
        accepted=total[Measure.ACCEPTED],
        accepted_by_silence=sum(one.times for one in accepted if one.reason == SILENCE),
        returned=returned,
        corrections=total[Measure.CORRECTION],
        approved=total[Measure.APPROVED],
        refused=total[Measure.REFUSED],
        late=late,
        return_rate=_share(returned, handed_in),
        correction_rate=_share(total[Measure.CORRECTION], handed_in),
        in_time_rate=_share(sum(one.times for one in promised if not one.late), sum(one.times for one in promised)),
        promised_working_days=tuple(sorted({one.promised for one in promised})),
        acceptance=_times(one for one in accepted if one.reason != SILENCE),
        decision=_times(decided),
        returns=tuple(_returns(rows, handed_in)),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _times(rows: Iterable[Counted]) -> Times:
    days: Counter[int] = Counter()
    hours: Counter[int] = Counter()
    for one in rows:
        if one.hours:
            days[one.working_days] += one.times
            hours[one.hours] += one.times
    if not days:
        return Times()
    return Times(
        timed=days.total(),
        p50_working_days=percentile(days, 50),
        p90_working_days=percentile(days, 90),
        p50_hours=percentile(hours, 50),
        p90_hours=percentile(hours, 90),
    )


def percentile(counts: Mapping[int, int], percent: int) -> int:
    """The least value that at least ``percent`` in a hundred do not exceed. Raises ValueError when there is none."""
    total, reached = sum(counts.values()), 0
    for value in sorted(counts):
        reached += counts[value]
        if reached * 100 >= total * percent:
            return value
    raise ValueError("nothing was counted")


def _returns(rows: Iterable[Counted], handed_in: int) -> list[Returned]:
    counts: Counter[tuple[str, str]] = Counter()
    for one in rows:
        if one.measure == Measure.RETURNED:
            counts[one.reason, one.responsible] += one.times
    return [
        Returned(
            reason=ReturnReason(reason),
            reason_text=text(f"returned.{reason}"),
            responsible=Responsible(responsible),
            responsible_text=text(f"responsible.{responsible}"),
            count=count,
            share=_share(count, handed_in) or 0.0,
        )
        for (reason, responsible), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
