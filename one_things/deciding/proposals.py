"""A proposal is confirmed, declined, or lapses; until then nothing is submitted."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.commands import ConfirmCase, LapseProposal, RecordConfirmation
from one_things.deciding.dispatch import decision


@decision.register
def _(command: RecordConfirmation, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    known = state.confirmation
    if state.phase is not CasePhase.PROPOSED or not known.in_doubt or known.reckonings != command.reckoning:
        return ()
    # A day that was doubted has come: whatever the calendar says now is final once it lies in the past.
    provisional = command.provisional and command.ends_at > at
    return (
        e.ConfirmationReckoned(at=at, confirm_by=command.confirm_by, ends_at=command.ends_at, provisional=provisional),
    )


@decision.register
def _(command: ConfirmCase, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if state.phase is not CasePhase.PROPOSED:
        return ()
    return (
        e.CaseConfirmed(
            at=at,
            plan=command.plan,
            form=command.form,
            answers=command.answers,
            channel=command.channel,
        ),
    )


@decision.register
def _(command: LapseProposal, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    known = state.confirmation
    if state.phase is not CasePhase.PROPOSED or known.in_doubt or known.ends_at is None or at < known.ends_at:
        return ()
    if known.provisional:
        return (e.ConfirmationDoubted(at=at),)
    return (e.CaseClosed(at=at, outcome=e.CaseOutcome.NOT_CONFIRMED),)


def decline(channel: e.Channel, at: datetime) -> tuple[e.Event, ...]:
    """The applicant does not want what was proposed: the case ends, and nothing has to be undone."""
    return (e.CaseDeclined(at=at, channel=channel), e.CaseClosed(at=at, outcome=e.CaseOutcome.DECLINED))
