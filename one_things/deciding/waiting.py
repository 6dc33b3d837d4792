"""An applicant who is asked, reminded, and at last called by a person."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import HandOverSilence, NoteAsked, RemindApplicant
from one_things.deciding.dispatch import decision
from one_things.waiting import with_applicant


@decision.register
def _(command: NoteAsked, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.item not in with_applicant(state) or state.items[command.item].asked_at is not None:
        return ()
    return (e.ApplicantAsked(at=at, item=command.item),)


@decision.register
def _(command: RemindApplicant, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.item not in with_applicant(state) or state.items[command.item].reminded:
        return ()
    return (e.ApplicantReminded(at=at, item=command.item),)


@decision.register
def _(command: HandOverSilence, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.item not in with_applicant(state) or state.items[command.item].silence_of_applicant_reported:
        return ()
    return (e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.APPLICANT_SILENT),)
