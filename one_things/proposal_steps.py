"""What a proposed case needs before anybody has confirmed it: a date, and what happens when that has come."""

from collections.abc import Iterator

from one_things.case import CasePhase, CaseState
from one_things.commands import LapseProposal
from one_things.deadlines import Deadline
from one_things.model import Record


class ReckonConfirmation(Record):
    """Reckon until when the applicant may confirm; each ``reckoning`` is another question."""

    reckoning: int


def proposal_steps(state: CaseState) -> tuple[ReckonConfirmation, ...]:
    """The steps of a case that is proposed."""
    known = state.confirmation
    return (ReckonConfirmation(reckoning=known.reckonings),) if known.in_doubt else ()


def proposal_deadlines(state: CaseState) -> Iterator[Deadline]:
    """When a proposal that nobody has confirmed lapses."""
    known = state.confirmation
    if state.phase is CasePhase.PROPOSED and known.ends_at is not None and not known.in_doubt:
        yield Deadline(known.ends_at, LapseProposal())
