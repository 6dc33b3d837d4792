"""Acceptance: declared by the department, or brought about by its silence (行政许可法 32); and returns before it."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemState, ItemStatus
from one_things.commands import AcceptItem, DeemAccepted, RecordAcceptance, RecordSilence, ReturnItem
from one_things.deciding.accepted import accepted
from one_things.deciding.acts import undecided
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.deciding.verdicts import refuse
from one_things.faults import CommandRefused
from one_things.text import Text


@decision.register
def _(command: AcceptItem, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = undecided(command, state)
    if item is None:
        return ()
    _require_not_accepted(item)
    return (
        e.AcceptanceDeclared(
            at=at, item=command.item, attempt=item.attempt, act_id=command.act_id, reference=command.reference
        ),
    )


@decision.register
def _(command: ReturnItem, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = undecided(command, state)
    if item is None:
        return ()
    _require_not_accepted(item)
    returned = e.ItemReturned(
        at=at,
        item=command.item,
        attempt=item.attempt,
        act_id=command.act_id,
        reason=command.reason,
        responsible=command.responsible,
        note=command.note,
    )
    if not command.reason.final:
        return (returned,)
    code = f"returned-{command.reason.value}"
    return (returned, *refuse(state, command.item, command.act_id, code, command.note, None, at))


def _require_not_accepted(item: ItemState) -> None:
    if item.status not in {ItemStatus.SUBMITTED, ItemStatus.RECEIVED} or item.accepted_from is not None:
        raise CommandRefused(
            "accepted-already",
            Text(
                zh="该事项已受理（或因逾期未告知视为受理），应依法作出决定，不能退件。",
                en="The item is accepted, by word or by silence: it is decided now, and no longer returned.",
            ),
        )


@decision.register
def _(command: DeemAccepted, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    received = item.received
    if item.status is not ItemStatus.RECEIVED or received is None or item.accepted_from is not None:
        return ()
    if received.provisional:
        return () if received.in_doubt else (e.SilenceDoubted(at=at, item=command.item),)
    if at < received.deemed_at or state.phase is not CasePhase.OPEN:
        return ()
    return (e.ItemDeemedAccepted(at=at, item=command.item, handed_in_at=received.handed_in_at),)


@decision.register
def _(command: RecordSilence, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    received = item_of(state, command.item).received
    if received is None or not received.in_doubt:
        return ()
    return (e.SilenceReckoned(at=at, item=command.item, deemed_on=command.deemed_on, deemed_at=command.deemed_at),)


@decision.register
def _(command: RecordAcceptance, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.status is not ItemStatus.RECEIVED or item.accepted_from is None or item.attempt != command.attempt:
        return ()
    return (accepted(command.item, item.attempt, command.taken, at, item.accepted_from),)
