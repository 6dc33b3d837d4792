"""What one event changed, for whoever watches a case live."""

from gateway.views.item_view import Look, item_looks
from gateway.views.panorama import Progress, progress
from gateway.views.timeline import TimelineEntry, entry_of
from one_things.case import CasePhase, CaseState
from one_things.events import CaseOutcome, Event


class Change(TimelineEntry):
    """An event in words, and how the whole case looks after it; nothing sealed is opened for it."""

    phase: CasePhase
    outcome: CaseOutcome | None = None
    progress: Progress
    items: dict[str, Look]


def change_of(state: CaseState, version: int, event: Event) -> Change:
    """The change that ``event`` made; ``state`` is the state after it."""
    looks = item_looks(state)
    entry = entry_of(state.plan, version, event)
    return Change(
        version=version,
        at=entry.at,
        type=entry.type,
        item=entry.item,
        text=entry.text,
        by_agent=entry.by_agent,
        acted=entry.acted,
        phase=state.phase,
        outcome=state.outcome,
        progress=progress(list(looks.values())),
        items=looks,
    )
