"""Linked changes that failed alone."""

from one_things import events as e
from one_things.case import CaseState, ItemStatus
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change

NO_ANSWER = "no-answer"
"""The code of a linked change whose department never answered."""


@change.register
def _(event: e.LinkedChangeGivenUp, state: CaseState) -> CaseState:
    return with_item(state, event.item, status=ItemStatus.LAPSED, code=NO_ANSWER, unreachable_since=None)
