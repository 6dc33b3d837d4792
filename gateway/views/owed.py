"""What the applicant still has to hand in, in words."""

from datetime import date

from gateway.texts import text
from gateway.views.moments import day_text
from one_things.case import CaseState
from one_things.hand_in import Owed, Why, deferrals_stand, owed
from one_things.model import Record
from one_things.text import Text


class OwedView(Record):
    """A material that the case waits for. ``due_on``: the last day of one that was deferred; None in a rest."""

    id: str
    title: Text
    why: Why
    why_text: Text
    items: tuple[str, ...]
    due_on: date | None = None
    provisional: bool = False


def owed_views(state: CaseState) -> tuple[OwedView, ...]:
    """Everything that the applicant still may and has to hand in."""
    return tuple(_view(state, one) for one in owed(state))


def _view(state: CaseState, one: Owed) -> OwedView:
    deferral = state.deferrals.get(one.id)
    if deferral is not None and deferrals_stand(state):
        why_text = text("hand_in.stands")
    elif deferral is not None:
        why_text = text("hand_in.by", date=day_text(deferral.due_on))
    else:
        why_text = text(f"hand_in.{one.why.value}", item=state.plan.item(one.items[0]).title)
    return OwedView(
        id=one.id,
        title=one.title,
        why=one.why,
        why_text=why_text,
        items=one.items,
        due_on=deferral.due_on if deferral and not deferrals_stand(state) else None,
        provisional=deferral.provisional if deferral else False,
    )
