"""What did not count, in words; and who reads them: operators all of it, applicants what may trouble them."""

from typing import Any

from gateway.texts import text
from one_things import events as e
from one_things.plan import Plan
from one_things.text import Text


def set_aside_words(plan: Plan, event: e.Event) -> tuple[str, dict[str, Any]] | None:
    """Which text, and its values; None for any other event."""
    if not isinstance(event, e.DecisionSetAside | e.MoreSetAside):
        return None
    who = {
        "department": plan.departments.get(event.department, _as_it_is(event.department)),
        "item": next((item.title for item in plan.items if item.id == event.item), _as_it_is(event.item)),
    }
    if not isinstance(event, e.DecisionSetAside):
        return event.type, who
    return event.type, {
        **who,
        "said": text(f"set_aside.said_{event.said}"),
        "why": text(f"set_aside.{event.why.value}"),
    }


def is_for(event: e.Event, *, operator: bool) -> bool:
    """Whether this reader is told of it. To an applicant only a contradiction means anything: what counts, stands."""
    if operator or not isinstance(event, e.SetAsideEvent):
        return True
    return isinstance(event, e.DecisionSetAside) and event.why is e.WhySetAside.CONTRADICTING


def _as_it_is(code: str) -> Text:
    return Text(zh=code, en=code)
