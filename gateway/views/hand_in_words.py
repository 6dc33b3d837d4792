"""Receipt, acceptance, returns and materials that follow, in words: which text, and its values."""

from typing import Any

from gateway.texts import text
from gateway.views.moments import day_text
from one_things import events as e
from one_things.clock import shanghai_date

HandInEvent = (
    e.MaterialDeferred | e.MaterialMissed | e.ItemReceived | e.ItemDeemedAccepted | e.SilenceReckoned | e.ItemReturned
)


def hand_in_words(event: HandInEvent) -> tuple[str, dict[str, Any]]:
    """The text of an event between hand-in and acceptance."""
    match event:
        case e.MaterialDeferred(due_on=day) | e.MaterialMissed(due_on=day):
            return event.type, {"date": day_text(day)}
        case e.ItemReceived(deemed_on=day) | e.SilenceReckoned(deemed_on=day):
            return event.type, {"date": day_text(day)}
        case e.ItemDeemedAccepted(handed_in_at=handed_in_at):
            return event.type, {"date": day_text(shanghai_date(handed_in_at))}
        case e.ItemReturned(reason=reason):
            return event.type, {"reason": text(f"returned.{reason.value}")}
