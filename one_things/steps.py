"""What a case needs next, read off its state: the whole orchestration as two pure questions.

``next_steps`` says what to do now, ``deadlines`` what will happen by itself and when. The workflow only carries out.
"""

from collections.abc import Iterator

from one_things.acceptance_steps import AcceptanceStep, acceptance_steps, silence_deadlines_of_receipt
from one_things.blocked import blocked_items
from one_things.case import PENDING, CasePhase, CaseState, ItemStatus, OperatorTask
from one_things.commands import DoubtDate, EndNotice, LapseSigning, LapseWindow
from one_things.deadlines import Deadline, limit_deadlines, silence_deadlines
from one_things.delivery_steps import (
    DeliveryStep,
    SetDeliveryGoing,
    delivery_deadlines,
    delivery_steps,
    is_under_way,
    to_begin,
)
from one_things.escrow import left_over, to_give_back
from one_things.events import CaseOutcome
from one_things.hand_in import missing_of
from one_things.material_steps import MaterialStep, awaits_materials, is_dated, material_deadlines, material_steps
from one_things.model import Record
from one_things.order import predecessors
from one_things.plan import PlannedItem
from one_things.preparing import CheckCredit, LookUpLicence, is_prepared, missing_lookups, preparations
from one_things.promises import PromiseStep, are_judged, exclusion_checks, reports_due
from one_things.proposal_steps import ReckonConfirmation, proposal_deadlines, proposal_steps
from one_things.waiting import AskApplicant, asking_steps, waiting_deadlines


class FetchSharedData(Record):
    """Ask a department for shared data."""

    lookup: str


class SubmitItem(Record):
    """Submit an item to its department."""

    item: str


class UndoItem(Record):
    """Ask the department to withdraw a pending item or to undo an approved one."""

    item: str


class DrawUpDocument(Record):
    """Draw up the document that the parties sign before this item, after so many answered corrections."""

    item: str
    corrections: int


class AskToSign(Record):
    """Hand the document to an institution that signs through its own system."""

    item: str
    party: str
    round: int


class SeeToMoney(Record):
    """Everything else is done and a deposit is left over: open a person's task."""

    item: str


class ReckonDate(Record):
    """Reckon an item's dates anew: a provisional one has come, or what they follow from has changed."""

    item: str
    reckoning: int = 0
    """Each time the dates are thrown open it is another question."""


class ReckonJointLimit(Record):
    """Reckon the dates of a joint limit."""

    limit: str
    reckoning: int


class CloseCase(Record):
    """Nothing is left: close the case."""

    outcome: CaseOutcome


Step = (
    FetchSharedData
    | DrawUpDocument
    | AskToSign
    | LookUpLicence
    | CheckCredit
    | SubmitItem
    | UndoItem
    | ReckonDate
    | ReckonJointLimit
    | MaterialStep
    | AcceptanceStep
    | PromiseStep
    | AskApplicant
    | SeeToMoney
    | ReckonConfirmation
    | SetDeliveryGoing
    | DeliveryStep
    | CloseCase
)


def next_steps(state: CaseState) -> tuple[Step, ...]:
    """Everything that can be done now, side by side. Asking again after a step was begun may name it again."""
    if state.phase is CasePhase.CLOSED:
        return ()
    if state.phase is CasePhase.PROPOSED:
        return proposal_steps(state)
    if state.phase is CasePhase.STOPPING:
        return _steps_back(state)
    return _steps_forward(state)


def _steps_forward(state: CaseState) -> tuple[Step, ...]:
    about_materials, reports, deliveries = material_steps(state), reports_due(state), to_begin(state)
    steps: list[Step] = [
        *about_materials,
        *acceptance_steps(state),
        *exclusion_checks(state),
        *reports,
        *asking_steps(state),
        *deliveries,
        *delivery_steps(state),
        *(
            ReckonJointLimit(limit=limit, reckoning=run.reckonings)
            for limit, run in state.joint.items()
            if run.in_doubt
        ),
    ]
    blocked = blocked_items(state)
    needed: set[str] = set()
    busy = bool(holding(state) or about_materials or reports or deliveries)
    busy = busy or awaits_materials(state) or is_under_way(state)
    for item in state.plan.items:
        status = state.items[item.id].status
        busy = busy or status in PENDING or status is ItemStatus.RETURNED
        if state.items[item.id].date_in_doubt:
            steps.append(ReckonDate(item=item.id, reckoning=state.items[item.id].reckonings))
        if state.items[item.id].to_withdraw:
            busy = True
            steps.append(UndoItem(item=item.id))
        if status is not ItemStatus.WAITING or item.id in blocked:
            continue
        busy = True
        if state.rest is not None:
            continue  # while the applicant rests the case nothing is begun
        if any(state.items[earlier].status is not ItemStatus.APPROVED for earlier in item.after):
            continue
        if missing_of(state, item.id) or not is_dated(state, item.id) or not are_judged(state, item.id):
            continue
        missing = missing_lookups(state, item)
        needed.update(missing)  # fetched only now: what an earlier item changes must be seen as changed
        if missing:
            continue
        steps.extend(step for step in preparations(state, item) if step not in steps)  # one licence, several items
        if is_prepared(state, item):
            steps.extend(_hand_in(state, item))
    steps.extend(FetchSharedData(lookup=lookup) for lookup in sorted(needed))
    if not busy:
        left = left_over(state)
        steps.extend(SeeToMoney(item=deposit) for deposit in left)
        if not left:
            steps.append(CloseCase(outcome=_outcome(state)))
    return tuple(steps)


def holding(state: CaseState) -> tuple[OperatorTask, ...]:
    """The tasks for which the case stays open; a mere notice is put right afterwards as well."""
    return tuple(task for task in state.tasks if task.kind.holds_the_case)


def _hand_in(state: CaseState, item: PlannedItem) -> Iterator[Step]:
    """The item is submitted once everybody has signed the document as it stands after all corrections."""
    signing = state.items[item.id].signing
    if item.signing is None:
        yield SubmitItem(item=item.id)
    elif signing is None or signing.corrections != len(state.corrections):
        yield DrawUpDocument(item=item.id, corrections=len(state.corrections))
    elif signing.completed:
        yield SubmitItem(item=item.id)
    else:
        for party in item.signing.parties:
            asked = party in signing.requested or signing.signed(party)
            if state.plan.party(party).department is not None and not asked:
                yield AskToSign(item=item.id, party=party, round=signing.round)


def _outcome(state: CaseState) -> CaseOutcome:
    approved = any(item.status is ItemStatus.APPROVED for item in state.items.values())
    return CaseOutcome.COMPLETED if approved else CaseOutcome.REFUSED


def _steps_back(state: CaseState) -> tuple[Step, ...]:
    open_undo = frozenset(item.id for item in state.plan.items if _is_to_be_undone(state, item.id))
    reports = tuple(report for report in reports_due(state) if report.item not in open_undo)
    if not open_undo and not holding(state) and not reports and not is_under_way(state):
        if state.stop_reason is None:
            raise ValueError("a stopping case has a reason")
        return (CloseCase(outcome=state.stop_reason.outcome),)
    before = predecessors(state.plan)
    undo = (
        UndoItem(item=item)
        for item in sorted(open_undo)
        if not any(item in before[later] for later in open_undo if later != item)
    )
    return (*undo, *reports, *delivery_steps(state))


def _is_to_be_undone(state: CaseState, item_id: str) -> bool:
    item = state.items[item_id]
    if item.lies_with_department or item.to_withdraw:
        return True
    if item.status is not ItemStatus.APPROVED:
        return False
    return state.plan.item(item_id).undo is not None or to_give_back(state, item_id) is not None


def deadlines(state: CaseState) -> tuple[Deadline, ...]:
    """What follows by itself if nothing else happens, soonest first."""
    found = [*silence_deadlines(state), *proposal_deadlines(state), *delivery_deadlines(state)]
    if state.phase is CasePhase.OPEN:
        found += [
            *_item_deadlines(state),
            *limit_deadlines(state),
            *material_deadlines(state),
            *waiting_deadlines(state),
            *silence_deadlines_of_receipt(state),
        ]
    return tuple(sorted(found, key=lambda deadline: deadline.at))


def _item_deadlines(state: CaseState) -> Iterator[Deadline]:
    for item_id, item in state.items.items():
        if item.date_in_doubt:
            continue
        if item.status is ItemStatus.NOTICE and item.notice_ends_at is not None:
            yield Deadline(item.notice_ends_at, EndNotice(item=item_id))
        if item.awaits_hand_in and item.window_ends_at is not None:
            lapse = DoubtDate(item=item_id) if item.window_provisional else LapseWindow(item=item_id)
            yield Deadline(item.window_ends_at, lapse)
        if item.awaits_signatures and item.signing is not None and state.rest is None:
            yield Deadline(item.signing.ends_at, LapseSigning(item=item_id))
