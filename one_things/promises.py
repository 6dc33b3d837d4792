"""Commitments of a case (告知承诺): which stand, which may not, and what who supervises has to be told."""

from one_things.case import CaseState, ItemStatus
from one_things.model import Record
from one_things.plan import Plan, PlannedCommitment


class CheckExclusion(Record):
    """Look up whether the applicant is on the list of those who may not promise."""

    material: str


class ReportCommitment(Record):
    """Tell the supervising department what became of an item that a promise went with."""

    item: str
    material: str
    verdict: str
    """``approved``, ``refused``, or ``withdrawn`` for an approval that was undone."""


PromiseStep = CheckExclusion | ReportCommitment


def commitment_of(plan: Plan, material: str) -> PlannedCommitment:
    """The commitment in place of this material. Raises KeyError when the plan has none."""
    for commitment in plan.commitments:
        if commitment.material == material:
            return commitment
    raise KeyError(material)


def report_key(item: str, material: str) -> str:
    """Under which the last report about an item and its promise is kept."""
    return f"{item}:{material}"


def stands(state: CaseState, commitment: PlannedCommitment) -> bool | None:
    """Whether the promise stands for its material; None while that is being looked up."""
    if commitment.excluded_by is None:
        return True
    return state.promises.get(commitment.material)


def promises_of(state: CaseState, item: str) -> tuple[PlannedCommitment, ...]:
    """The promises that go with this item in place of materials."""
    listed = state.plan.item(item).materials
    return tuple(one for one in state.plan.commitments if one.material in listed and stands(state, one))


def excluded_of(state: CaseState, item: str) -> tuple[str, ...]:
    """The materials of this item that have to be handed in, because their applicant may not promise."""
    listed = state.plan.item(item).materials
    return tuple(
        one.material
        for one in state.plan.commitments
        if one.material in listed and stands(state, one) is False and one.material not in state.handed_in
    )


def are_judged(state: CaseState, item: str) -> bool:
    """Whether it is known of every promise of this item that it stands or may not."""
    listed = state.plan.item(item).materials
    return all(stands(state, one) is not None for one in state.plan.commitments if one.material in listed)


def exclusion_checks(state: CaseState) -> tuple[CheckExclusion, ...]:
    """The lists that have not been asked yet, in an open case."""
    return tuple(CheckExclusion(material=one.material) for one in state.plan.commitments if stands(state, one) is None)


def reports_due(state: CaseState) -> tuple[ReportCommitment, ...]:
    """What supervising departments have to be told and have not been."""
    due: list[ReportCommitment] = []
    for item in state.plan.items if state.plan.commitments else ():
        for commitment in promises_of(state, item.id):
            told = state.reports.get(report_key(item.id, commitment.material))
            verdict = _verdict(state.items[item.id].status, told)
            if verdict is not None and verdict != told:
                due.append(ReportCommitment(item=item.id, material=commitment.material, verdict=verdict))
    return tuple(due)


def _verdict(status: ItemStatus, told: str | None) -> str | None:
    match status:
        case ItemStatus.APPROVED:
            return "approved"
        case ItemStatus.REFUSED:
            return "refused"
        case ItemStatus.UNDONE if told is not None:
            return "withdrawn"
    return None
