"""Which items wait for their applicant, since when, and what comes of it: a reminder, then a person."""

from collections.abc import Iterator
from datetime import timedelta

from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import HandOverSilence, RemindApplicant
from one_things.deadlines import Deadline
from one_things.hand_in import waiting_for_applicant
from one_things.model import Record


class AskApplicant(Record):
    """Note that an item waits for its applicant: from here the days count."""

    item: str


def with_applicant(state: CaseState) -> frozenset[str]:
    """The items that wait for their applicant and nobody else."""
    if state.phase is not CasePhase.OPEN:
        return frozenset()
    back = {ItemStatus.CORRECTION, ItemStatus.RETURNED}
    return frozenset(
        {item for item, one in state.items.items() if one.status in back} | waiting_for_applicant(state).keys()
    )


def asking_steps(state: CaseState) -> tuple[AskApplicant, ...]:
    """The items that have begun to wait for their applicant; none in cases planned before there were reminders."""
    if state.plan.patience is None:
        return ()
    return tuple(AskApplicant(item=item) for item in sorted(with_applicant(state)) if not state.items[item].asked_at)


def waiting_deadlines(state: CaseState) -> Iterator[Deadline]:
    """When applicants who do not answer are reminded, and when a person takes over. While the case rests, neither."""
    patience = state.plan.patience
    if patience is None or state.rest is not None:
        return
    for item_id in sorted(with_applicant(state)):
        item = state.items[item_id]
        if item.asked_at is None or item.silence_of_applicant_reported:
            continue
        if not item.reminded:
            yield Deadline(item.asked_at + timedelta(days=patience.reminder_days), RemindApplicant(item=item_id))
        yield Deadline(item.asked_at + timedelta(days=patience.operator_days), HandOverSilence(item=item_id))
