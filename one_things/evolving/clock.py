"""What time did."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus
from one_things.evolving.changes import still_silent_since, with_item
from one_things.evolving.dispatch import change
from one_things.evolving.limits import reckoned


@change.register
def _(event: e.NoticeBegan, state: CaseState) -> CaseState:
    began = with_item(
        state,
        event.item,
        status=ItemStatus.NOTICE,
        reference=event.reference,
        accepted_at=event.at,
        notice_ends_at=event.ends_at,
        unreachable_since=still_silent_since(state, event.item),
    )
    for item, ends_at in event.windows.items():
        provisional = item in event.provisional_windows
        began = with_item(began, item, window_ends_at=ends_at, window_provisional=provisional)
    return began


@change.register
def _(event: e.NoticeEnded, state: CaseState) -> CaseState:
    return with_item(state, event.item, status=ItemStatus.APPROVED)


@change.register
def _(event: e.DateDoubted, state: CaseState) -> CaseState:
    reckonings = state.items[event.item].reckonings + 1
    return with_item(state, event.item, date_in_doubt=True, reckonings=reckonings)


@change.register
def _(event: e.DateReckoned, state: CaseState) -> CaseState:
    return with_item(
        reckoned(state, event),
        event.item,
        date_in_doubt=False,
        provisional=event.provisional and event.due_at is not None,
        window_provisional=event.provisional and event.window_ends_at is not None,
        due_on=event.due_on,
        due_at=event.due_at,
        window_ends_at=event.window_ends_at,
    )


@change.register
def _(event: e.ItemLapsed, state: CaseState) -> CaseState:
    # Corrected and not signed anew in time: its department still holds the attempt before.
    lies_there = state.plan.left_behind_is_seen and state.items[event.item].lies_with_department
    return with_item(state, event.item, status=ItemStatus.LAPSED, to_withdraw=lies_there)
