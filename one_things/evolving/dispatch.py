"""The one door to all changes: ``evolve`` and ``fold``. Each module of this package registers those of its concern."""

from collections.abc import Iterable
from functools import singledispatch

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemState


def evolve(state: CaseState | None, event: e.Event) -> CaseState:
    """The state after ``event``. Total for every history that ``decide`` can produce.

    Raises ValueError when a history does not begin with ``case_opened`` or begins twice.
    """
    if state is None:
        if not isinstance(event, e.CaseOpened):
            raise ValueError("a history begins with case_opened")
        return _open(event)
    if isinstance(event, e.CaseOpened):
        raise ValueError("a case opens once")
    changed = change(event, state)
    return changed.model_copy(update={"version": state.version + 1, "changed_at": event.at})


def fold(events: Iterable[e.Event]) -> CaseState:
    """The state that these events add up to. Raises ValueError for an empty history."""
    state: CaseState | None = None
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise ValueError("an empty history has no state")
    return state


def _open(event: e.CaseOpened) -> CaseState:
    return CaseState(
        case_no=event.case_no,
        plan=event.plan,
        owner=event.owner,
        channel=event.channel,
        form=event.form,
        answers=event.answers,
        items={item.id: ItemState() for item in event.plan.items},
        phase=CasePhase.OPEN if event.proposal is None else CasePhase.PROPOSED,
        delivery=event.delivery,
        proposal=event.proposal,
        time_can_be_skipped=event.time_can_be_skipped,
        opened_at=event.at,
        changed_at=event.at,
        version=1,
    )


@singledispatch
def change(event: e.EventRecord, state: CaseState) -> CaseState:
    """What this kind of event changes, without version and time; registered by the modules beside this one."""
    raise ValueError(f"no rule for {type(event).__name__}")
