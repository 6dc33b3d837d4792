"""Which dates of a case an official calendar that is not published yet may still move."""

from one_things.case import CasePhase, CaseState, ItemState, ItemStatus
from one_things.delivery import DeliveryState
from one_things.hand_in import open_deferrals
from one_things.limit_watch import LimitWatch


def may_move(item: ItemState) -> bool:
    """Whether a date of the item is provisional and somebody still waits for it."""
    if item.awaits_hand_in:
        return item.window_ends_at is not None and item.window_provisional
    if item.status is not ItemStatus.ACCEPTED:
        return False
    watches = (item.watch, *(run.watch for run in item.procedures if run.lasts))
    return item.provisional or any(_provisional(watch) for watch in watches)


def delivery_may_move(delivery: DeliveryState) -> bool:
    """Whether the date by which a paper has to be there is provisional."""
    return delivery.timed and _provisional(delivery.watch)


def has_provisional_dates(state: CaseState) -> bool:
    """Whether a date of the case may still move: such a case is told when a calendar is published."""
    if state.phase is CasePhase.PROPOSED:
        return state.confirmation.provisional
    if state.phase is not CasePhase.CLOSED and any(map(delivery_may_move, state.deliveries.values())):
        return True
    if state.phase is not CasePhase.OPEN:
        return False
    return (
        any(map(may_move, state.items.values()))
        or any(_provisional(run.watch) for run in state.joint.values())
        or bool(provisional_deferrals(state))
    )


def provisional_deferrals(state: CaseState) -> tuple[str, ...]:
    """The deferred materials whose date may still move; none in plans older than this rule."""
    if not state.plan.deferrals_move:
        return ()
    return tuple(material for material, deferral in open_deferrals(state).items() if deferral.provisional)


def _provisional(watch: LimitWatch) -> bool:
    return watch.dates is not None and watch.dates.doubtful_at is not None
