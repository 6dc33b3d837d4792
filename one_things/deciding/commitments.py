"""Promises that stand or may not, and their results on the way to who supervises."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import RecordCommitmentReport, RecordExclusion, RecordExclusionUnavailable
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.promises import commitment_of, report_key


@decision.register
def _(command: RecordExclusion, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.material in state.promises:
        return ()
    items = tuple(item.id for item in state.plan.items if command.material in item.materials)
    looked_up = None if command.looked_up is None else command.looked_up.for_items(items)
    if command.excluded:
        return (e.CommitmentExcluded(at=at, material=command.material, looked_up=looked_up),)
    return (e.CommitmentStands(at=at, material=command.material, looked_up=looked_up),)


@decision.register
def _(command: RecordExclusionUnavailable, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.material in state.promises or command.material in state.exclusions_down:
        return ()
    return (e.ExclusionUnavailable(at=at, material=command.material),)


@decision.register
def _(command: RecordCommitmentReport, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item_of(state, command.item)
    if state.reports.get(report_key(command.item, command.material)) == command.verdict:
        return ()
    told = {
        "at": at,
        "item": command.item,
        "material": command.material,
        "department": commitment_of(state.plan, command.material).supervised_by,
        "verdict": command.verdict,
    }
    if not command.failed:
        return (e.CommitmentReported(**told),)
    task = e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.COMMITMENT_UNREPORTED, reason=command.refused)
    return (e.CommitmentReportFailed(**told), task)
