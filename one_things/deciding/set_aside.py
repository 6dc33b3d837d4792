"""What does not count leaves a trace: once for each id, and never more of them than a history can bear."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus, SetAsideSoFar
from one_things.commands import ActOfDepartment, Decide, RefuseSignature, SetAside, Sign
from one_things.deciding.contradicting import contradicts, takes_signature_back
from one_things.deciding.dispatch import decision
from one_things.faults import CommandRefused

MOST_SET_ASIDE = 5
"""Decisions that are kept of one department about one of its items; about anything else, of one department in all."""
_SAY_IT_AGAIN = {"not-accepted"}
"""Refusals that ask for the same act a moment later: nothing is out of place."""
_BY_CODE = {
    "case-closed": e.WhySetAside.CASE_CLOSED,
    "foreign": e.WhySetAside.WRONG_DEPARTMENT,
    "item-unknown": e.WhySetAside.WRONG_ITEM,
    "not-waiting": e.WhySetAside.NOT_AWAITED,
    "case-not-confirmed": e.WhySetAside.NOT_AWAITED,
    "result-missing": e.WhySetAside.RESULT_MISSING,
    "not-a-signatory": e.WhySetAside.NOT_AWAITED,
    "signing-not-begun": e.WhySetAside.NOT_AWAITED,
    "signing-lapsed": e.WhySetAside.LAPSED,
    "document-changed": e.WhySetAside.WRONG_ATTEMPT,
}
_SIGNING = {"signed", "signature_refused"}


def trace_of(said: Decide | ActOfDepartment | Sign | RefuseSignature, refused: CommandRefused) -> SetAside:
    """The command that keeps what was ``refused``. A signature is an institution's: a person's leaves no trace."""
    reason, party = None, None
    match said:
        case Decide():
            decision_id, what, reason = said.decision_id, said.verdict.value, said.reason
        case Sign():
            decision_id, what, party = said.by or "", "signed", said.party
        case RefuseSignature():
            decision_id, what, reason, party = said.act_id, "signature_refused", said.reason, said.party
        case _:
            decision_id, what = said.act_id, getattr(said, "act", "act")
    if said.department is None:
        raise ValueError("what a person signs out of place is answered, not kept")
    return SetAside(
        department=said.department,
        item=said.item,
        attempt=said.attempt,
        decision_id=decision_id,
        said=what,
        code=refused.code,
        reason=reason,
        party=party,
    )


@decision.register
def _(command: SetAside, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.code in _SAY_IT_AGAIN:
        return ()
    place = state.place_of_set_aside(command.department, command.item)
    so_far = state.set_aside.get(place, SetAsideSoFar())
    if so_far.more or command.decision_id in so_far.ids:
        return ()
    if len(so_far.ids) >= MOST_SET_ASIDE:
        return (e.MoreSetAside(at=at, department=command.department, item=command.item),)
    why = _why(command, state)
    kept = e.DecisionSetAside(
        at=at,
        department=command.department,
        item=command.item,
        attempt=command.attempt,
        decision_id=command.decision_id,
        said=command.said,
        why=why,
        code=command.code,
    )
    task = (command.item, e.TaskKind.DECISIONS_DIFFER)
    if why is not e.WhySetAside.CONTRADICTING or task in {(open_one.item, open_one.kind) for open_one in state.tasks}:
        return (kept,)
    return (
        kept,
        e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.DECISIONS_DIFFER, reason=command.reason),
    )


def _why(command: SetAside, state: CaseState) -> e.WhySetAside:
    if command.said in _SIGNING:
        return _why_not_signed(command, state)
    own = state.belongs_to(command.item, command.department)
    if own and contradicts(state, command.item, command.attempt, command.said):
        return e.WhySetAside.CONTRADICTING
    if command.code.startswith("payment-"):
        return e.WhySetAside.WRONG_MONEY
    if command.code == "too-late" and own:
        return _why_too_late(command, state)
    return _BY_CODE.get(command.code, e.WhySetAside.NOT_ALLOWED)


def _why_not_signed(command: SetAside, state: CaseState) -> e.WhySetAside:
    """Signatories are told nothing of the item itself: theirs is the document."""
    if command.said == "signature_refused" and _takes_its_own_back(command, state):
        return e.WhySetAside.CONTRADICTING
    if command.code == "too-late":
        return e.WhySetAside.WITHDRAWN
    return _BY_CODE.get(command.code, e.WhySetAside.NOT_ALLOWED)


def _takes_its_own_back(command: SetAside, state: CaseState) -> bool:
    """Only the institution itself contradicts its signature."""
    own = [one.id for one in state.plan.parties if one.id == command.party and one.department == command.department]
    return command.item in state.items and any(takes_signature_back(state, command.item, party) for party in own)


def _why_too_late(command: SetAside, state: CaseState) -> e.WhySetAside:
    item = state.items[command.item]
    if command.attempt != item.attempt:
        return e.WhySetAside.WRONG_ATTEMPT
    if item.status is ItemStatus.LAPSED:
        return e.WhySetAside.LAPSED
    if item.status is ItemStatus.UNDONE or state.phase is not CasePhase.OPEN:
        return e.WhySetAside.WITHDRAWN
    return e.WhySetAside.DECIDED
