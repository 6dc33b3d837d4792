"""What a received item needs next, and what its department's silence brings about by itself."""

from collections.abc import Iterator

from one_things.case import CaseState, ItemStatus
from one_things.commands import DeemAccepted
from one_things.deadlines import Deadline
from one_things.model import Record


class ReckonAcceptance(Record):
    """Reckon the dates that follow from an acceptance that was declared, or came about by silence."""

    item: str


class ReckonSilence(Record):
    """Reckon the end of the department's silence anew: the day has come, and by now the calendar may be published."""

    item: str


AcceptanceStep = ReckonAcceptance | ReckonSilence


def acceptance_steps(state: CaseState) -> tuple[AcceptanceStep, ...]:
    """Everything that can be done now about items that were received, in an open case."""
    steps: list[AcceptanceStep] = []
    for item_id, item in state.items.items():
        if item.status is not ItemStatus.RECEIVED:
            continue
        if item.accepted_from is not None:
            steps.append(ReckonAcceptance(item=item_id))
        elif item.received is not None and item.received.in_doubt:
            steps.append(ReckonSilence(item=item_id))
    return tuple(steps)


def silence_deadlines_of_receipt(state: CaseState) -> Iterator[Deadline]:
    """When items that were only received count as accepted."""
    for item_id, item in state.items.items():
        received = item.received
        if item.status is ItemStatus.RECEIVED and item.accepted_from is None and received and not received.in_doubt:
            yield Deadline(received.deemed_at, DeemAccepted(item=item_id))
