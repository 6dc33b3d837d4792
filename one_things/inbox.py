"""What lies on the desk of a department that has no system of its own: read off the case, item by item.

The record itself is the inbox (ADR 0022): nothing is put into it and nothing is taken out, an item is there while its
state says that its department has something to do with it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from one_things.case import CasePhase, CaseState, ItemState, ItemStatus
from one_things.idempotency import idempotency_key
from one_things.model import Record
from one_things.money import PaymentMade
from one_things.sealed import Sealed
from one_things.steps import UndoItem, next_steps


class InboxState(StrEnum):
    """What an officer is to do with an item."""

    TO_ACCEPT = "to_accept"
    """Received: accept it, return it or ask for corrections, within five working days (行政许可法 32)."""
    TO_DECIDE = "to_decide"
    """Accepted: the clock runs."""
    STANDS = "stands"
    """Accepted, and its clock stands: a special procedure, or the applicant rests the case."""
    ON_NOTICE = "on_notice"
    """Published; an objection may come in."""
    WITH_APPLICANT = "with_applicant"
    """Corrections are asked for: nothing to do until the applicant answers."""
    TO_UNDO = "to_undo"
    """Approved, and the case was given up: it has to be undone by hand."""


class OfficerDid(StrEnum):
    """What officers did, as the audit log of the workbench names it."""

    CLAIMED = "claimed"
    TAKEN_OVER = "taken_over"
    """By a supervisor, from another officer."""
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    CORRECTION = "correction"
    PROCEDURE_BEGUN = "procedure_begun"
    PROCEDURE_ENDED = "procedure_ended"
    APPROVED = "approved"
    REFUSED = "refused"
    OBJECTION = "objection"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_APPROVED = "extension_approved"
    EXTENSION_DECLINED = "extension_declined"
    UNDONE = "undone"
    UNDO_REFUSED = "undo_refused"
    FETCHED = "fetched"
    """A content of the item was read."""
    SIGNED = "signed"
    SIGNATURE_REFUSED = "signature_refused"
    REPORT_ACKNOWLEDGED = "report_acknowledged"


class InboxEntry(Record):
    """An item on its department's desk, and the two moments that matter: what must be done by then, and the warning.

    Both are of the case's own time, and a public notice or a silence that is about to accept has its end here too. What
    is pressing or late by the wall clock, and only that, says ``handling.Lying``.
    """

    state: InboxState
    until: datetime | None = None
    warn_at: datetime | None = None


class DeskSignature(Record):
    """A signature that an institution was asked for and has not given, and until when."""

    department: str
    round: int
    ends_at: datetime


class UndoneByHand(Record):
    """What an officer says of an undoing: done, with what was given back, or not possible, with the reason."""

    refused: Sealed | None = None
    payment: PaymentMade | None = None


def inbox_of(state: CaseState) -> Mapping[str, InboxEntry]:
    """Item → what its department has to do with it; items without are left out."""
    if state.phase is CasePhase.STOPPING:
        return {
            step.item: InboxEntry(state=InboxState.TO_UNDO)
            for step in next_steps(state)
            if isinstance(step, UndoItem) and state.items[step.item].status is ItemStatus.APPROVED
        }
    if state.phase is not CasePhase.OPEN:
        return {}
    found = {item_id: _entry(state, item_id, item) for item_id, item in state.items.items()}
    return {item_id: entry for item_id, entry in found.items() if entry is not None}


def _entry(state: CaseState, item_id: str, item: ItemState) -> InboxEntry | None:
    if item.to_withdraw:
        return None
    match item.status:
        case ItemStatus.RECEIVED if item.accepted_from is None:
            until = item.received.deemed_at if item.received is not None else None
            return InboxEntry(state=InboxState.TO_ACCEPT, until=until)
        case ItemStatus.RECEIVED | ItemStatus.ACCEPTED:
            warn_at = item.watch.dates.warn_at if item.watch.dates is not None else None
            stands = state.clock_stands(item_id)
            return InboxEntry(
                state=InboxState.STANDS if stands else InboxState.TO_DECIDE, until=item.due_at, warn_at=warn_at
            )
        case ItemStatus.NOTICE:
            return InboxEntry(state=InboxState.ON_NOTICE, until=item.notice_ends_at)
        case ItemStatus.CORRECTION:
            return InboxEntry(state=InboxState.WITH_APPLICANT)
    return None


def signatures_awaited(state: CaseState) -> Mapping[tuple[str, str], DeskSignature]:
    """Item and party → the signature that lies with an institution which was handed the document."""
    if state.phase is not CasePhase.OPEN:
        return {}
    institutions = {one.id: one.department for one in state.plan.parties if one.department is not None}
    return {
        (item_id, party): DeskSignature(department=institutions[party], round=signing.round, ends_at=signing.ends_at)
        for item_id, item in state.items.items()
        if (signing := item.signing) is not None
        for party in signing.requested
        if party in institutions and item.awaits_signature(party, signing.round)
    }


def signature_place(item: str, party: str) -> str:
    """Under which name claims and the log of a desk keep what was done about this signature."""
    return f"{item}:sign:{party}"


def report_place(item: str, material: str) -> str:
    """The same for the reports about a promise that went with an item."""
    return f"{item}:report:{material}"


def undo_key(case_no: str, item: str, attempt: int) -> str:
    """The key under which the undoing of this attempt is asked for and answered; departments see the same."""
    return f"{idempotency_key(case_no, item, attempt)}:undo"


def is_given_up(state: CaseState, item_id: str) -> bool:
    """Whether an undoing of this item can have been asked for: else the record is still behind the question."""
    return state.phase in {CasePhase.STOPPING, CasePhase.CLOSED} or state.items[item_id].to_withdraw
