"""The one door to all rules: ``decide``. Each module of this package registers the rules of its concern."""

from datetime import datetime
from functools import singledispatch

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.commands import (
    ActOfDepartment,
    ActOnPaper,
    AnswerDelivery,
    AnswerRating,
    Cancel,
    Command,
    ConfirmPaper,
    Decide,
    FastForward,
    LearnCalendar,
    MissPaper,
    ProposalCommand,
    Rate,
    RefuseSignature,
    SetAside,
    SettleTask,
    Sign,
)
from one_things.commands.person import ActForApplicant
from one_things.deciding.acting_for import require_mandate
from one_things.faults import CommandRefused
from one_things.model import Record
from one_things.text import Text

AFTER_CLOSING = (Rate, AnswerRating, ActOnPaper, ConfirmPaper, MissPaper, AnswerDelivery, SetAside)
"""What may still be asked of a case that has closed; what went wrong then is settled as well."""
_WHILE_PROPOSED = (ProposalCommand, Cancel, FastForward, LearnCalendar, SetAside)
"""What may be asked of a case that its applicant has not confirmed."""


def decide(state: CaseState, command: Command, at: datetime) -> tuple[e.Event, ...]:
    """The events that follow from ``command`` at the time ``at``; none when it is a repeat of what already counted.

    Raises CommandRefused, with a stable code, when the state does not allow it.
    """
    settles = isinstance(command, SettleTask) and bool(state.tasks)
    if state.phase is CasePhase.CLOSED and not (settles or isinstance(command, AFTER_CLOSING)):
        raise case_closed()
    if state.phase is CasePhase.PROPOSED and not isinstance(command, _WHILE_PROPOSED):
        raise CommandRefused(
            "case-not-confirmed",
            Text(zh="申请人尚未确认该办件。", en="Its applicant has not confirmed the case yet."),
        )
    if isinstance(command, Decide | ActOfDepartment | Sign | RefuseSignature) and command.officer is not None:
        done = decision(command, state, at)
        return tuple(event.model_copy(update={"officer": command.officer}) for event in done)
    if not isinstance(command, ActForApplicant) or command.by is None:
        return decision(command, state, at)
    require_mandate(state, command, at)
    return tuple(event.model_copy(update={"by": command.by}) for event in decision(command, state, at))


def case_closed() -> CommandRefused:
    """The refusal of whatever may not be asked of a case that has closed."""
    return CommandRefused("case-closed", Text(zh="该办件已办结。", en="The case is closed."))


@singledispatch
def decision(command: Record, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    """The rule for this kind of command, in a state that is not closed; registered by the modules beside this one."""
    raise TypeError(f"no rule for {type(command).__name__}")
