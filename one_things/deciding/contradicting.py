"""When a second word of a department contradicts its first, and does not only come too late."""

from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.deciding.materials import MISSING

_AGAINST = {"refused", "objection"}
_GIVEN_UP = {ItemStatus.REFUSED, ItemStatus.LAPSED, ItemStatus.UNDONE, ItemStatus.UNDO_FAILED}


def contradicts(state: CaseState, item_id: str, attempt: int, verdict: str) -> bool:
    """Whether the item was decided the other way for the same attempt, by its department and not by a rule of ours."""
    item, planned = state.items[item_id], state.plan.item(item_id)
    if attempt != item.attempt or planned.notice is not None:
        return False  # a notice that nobody objected to in time ended by itself
    if state.phase is CasePhase.STOPPING:
        return False  # it is taken back, whatever was decided
    if item.status is ItemStatus.APPROVED:
        return verdict in _AGAINST
    return item.status is ItemStatus.REFUSED and item.code != MISSING and verdict == "approved"


def takes_signature_back(state: CaseState, item_id: str, party: str) -> bool:
    """Whether this party signed the document, everybody has, and the case rests on it: it cannot refuse now."""
    item = state.items[item_id]
    if item.signing is None or not item.signing.completed or state.phase is CasePhase.STOPPING:
        return False
    return item.signing.signed(party) and item.status not in _GIVEN_UP
