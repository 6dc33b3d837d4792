"""What the credit record said."""

from one_things import events as e
from one_things.case import CaseState
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.CreditChecked, state: CaseState) -> CaseState:
    return with_item(state, event.item, credit=event.outcome, credit_unavailable_since=None)


@change.register
def _(event: e.CreditUnavailable, state: CaseState) -> CaseState:
    return with_item(state, event.item, credit_unavailable_since=event.at)
