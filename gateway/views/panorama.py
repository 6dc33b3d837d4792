"""The panorama map of a case (全景导览图): exactly four contents (C7): items, relations, progress, results."""

from collections.abc import Sequence

from gateway.texts import text
from gateway.views.item_view import DepartmentName, ItemView, Look, ResultView
from one_things.case import CaseState
from one_things.model import Record
from one_things.text import Text


class PanoramaItem(Record):
    """An item on the map. Those that were not chosen stand there greyed, with the reason."""

    id: str
    title: Text
    chosen: bool
    department: DepartmentName | None = None
    pivot: bool = False
    status: Look
    status_text: Text
    time_left: Text | None = None
    provisional: bool = False
    overdue: bool = False
    unreachable: bool = False
    held_up: Text | None = None
    """What it waits for that its applicant may do something about, in a few words."""
    reason: Text | None = None
    """Why it was left out."""


class Relation(Record):
    """``earlier`` is finished before ``later`` begins."""

    earlier: str
    later: str


class Progress(Record):
    """How far the case is: items done of all items."""

    done: int
    total: int


class Panorama(Record):
    """The four contents."""

    items: tuple[PanoramaItem, ...]
    relations: tuple[Relation, ...]
    progress: Progress
    results: tuple[ResultView, ...]


def panorama(state: CaseState, items: Sequence[ItemView]) -> Panorama:
    """The map of a case whose items look like this."""
    chosen = [
        PanoramaItem(
            id=item.id,
            title=item.title,
            chosen=True,
            department=item.department,
            pivot=item.pivot,
            status=item.status,
            status_text=item.status_text,
            time_left=item.time_left,
            provisional=item.provisional,
            overdue=item.overdue,
            unreachable=item.unreachable_since is not None,
            held_up=item.held_up,
        )
        for item in items
    ]
    left_out = [
        PanoramaItem(
            id=item.id,
            title=item.title,
            chosen=False,
            status=Look.NOT_CHOSEN,
            status_text=text("status.not_chosen"),
            reason=item.reason,
        )
        for item in state.plan.not_chosen
    ]
    return Panorama(
        items=(*chosen, *left_out),
        relations=tuple(Relation(earlier=earlier, later=item.id) for item in items for earlier in item.after),
        progress=progress([item.status for item in items]),
        # What an undone item left behind has been withdrawn with it.
        results=tuple(
            result for item in items if item.status is Look.APPROVED for result in item.results if result.issued
        ),
    )


def progress(looks: Sequence[Look]) -> Progress:
    """Items done of all items of the case."""
    return Progress(done=sum(1 for look in looks if look is Look.APPROVED), total=len(looks))
