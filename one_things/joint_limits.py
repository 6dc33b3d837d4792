"""Joint limits of a case as they run: over which items, and until when (行政许可法 42)."""

from collections.abc import Iterator

from one_things.blocked import blocked_items
from one_things.case import PENDING, CaseState, ItemStatus
from one_things.definition import JointLimit
from one_things.limit_watch import JointRun

_UNDECIDED = PENDING | {ItemStatus.WAITING}


def running(state: CaseState, limit: str) -> JointRun | None:
    """The joint limit while it runs: begun, not being reckoned, and an item of it still to be decided."""
    run = state.joint.get(limit)
    if run is None or run.in_doubt or not undecided(state, limit):
        return None
    return run


def undecided(state: CaseState, limit: str) -> bool:
    """Whether an item of the limit may still be decided."""
    blocked = blocked_items(state)
    return any(state.items[item].status in _UNDECIDED and item not in blocked for item in _planned(state, limit).items)


def stands(state: CaseState, limit: str) -> bool:
    """Whether the limit stands: the applicant rests the case, or a special procedure of one of its items lasts.

    Its time is not counted in the limits of 行政许可法 42, of which this is one (45).
    """
    return any(state.clock_stands(item) for item in _planned(state, limit).items)


def is_pressed(state: CaseState, item: str) -> bool:
    """Whether a joint limit over this item was warned of or is over, so that waiting in line costs what it promised."""
    runs = (running(state, joint.id) for joint in limits_over(state, item))
    return any(run.watch.warned or run.watch.breached for run in runs if run is not None)


def limits_over(state: CaseState, item: str | None) -> Iterator[JointLimit]:
    """The joint limits that hold this item; all of them for None."""
    return (joint for joint in state.plan.joint_limits if item is None or item in joint.items)


def _planned(state: CaseState, limit: str) -> JointLimit:
    return next(joint for joint in state.plan.joint_limits if joint.id == limit)
