"""Waiting for the applicant."""

from one_things import events as e
from one_things.case import CaseState
from one_things.evolving.changes import with_item
from one_things.evolving.dispatch import change


@change.register
def _(event: e.ApplicantAsked, state: CaseState) -> CaseState:
    return with_item(state, event.item, asked_at=event.at, reminded=False, silence_of_applicant_reported=False)


@change.register
def _(event: e.ApplicantReminded, state: CaseState) -> CaseState:
    return with_item(state, event.item, reminded=True)


def answered(state: CaseState, item: str) -> CaseState:
    """The applicant has answered: nobody waits any more, and a person who was to ask need not."""
    if state.items[item].asked_at is None:
        return state
    left = tuple(task for task in state.tasks if (task.item, task.kind) != (item, e.TaskKind.APPLICANT_SILENT))
    heard = with_item(state, item, asked_at=None, reminded=False, silence_of_applicant_reported=False)
    return heard.model_copy(update={"tasks": left})
