"""Materials that follow the application: taken once and in time, passed on, and what follows when they are missing."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import DoubtDeferral, HandInMaterials, MissMaterial, RecordDeferral, RecordSupplied
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.deciding.verdicts import refuse
from one_things.faults import CommandRefused
from one_things.hand_in import deferral_of, deferrals_stand, owed, users_of
from one_things.text import Text

MISSING = "material-missing"
"""The code of an item that was refused because a deferred material did not come."""


@decision.register
def _(command: HandInMaterials, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    for material in command.materials:
        _check(state, material, command.materials[material], at)
    return tuple(
        e.MaterialHandedIn(at=at, material=material, digest=digest, channel=command.channel)
        for material, digest in command.materials.items()
        if state.handed_in.get(material) != digest
    )


def _check(state: CaseState, material: str, digest: str, at: datetime) -> None:
    if state.handed_in.get(material) == digest:
        return  # the same again, as after a lost answer
    if material in state.handed_in:
        raise CommandRefused(
            "material-handed-in",
            Text(zh="该材料已提交；如需更换，请待部门要求补正。", en="The material was handed in already."),
        )
    if is_late(state, material, at):
        due_on = state.deferrals[material].due_on
        raise CommandRefused(
            "material-late",
            Text(
                zh=f"补交期限 {due_on} 已过，不再接收该材料。",
                en=f"The date by which it had to be there, {due_on}, has passed; the material is not taken any more.",
            ),
        )
    if material not in {one.id for one in owed(state)}:
        raise CommandRefused(
            "material-not-awaited",
            Text(zh="该办件现在不需要这份材料。", en="The case does not await this material."),
        )


def is_late(state: CaseState, material: str, at: datetime) -> bool:
    """Whether the date of a deferral has passed for good; a provisional one has not until it is reckoned anew."""
    deferral = state.deferrals.get(material)
    if deferral is None or (deferrals_stand(state) and not deferral.missed):
        return False
    return deferral.missed or (at >= deferral.due_at and not (deferral.provisional or deferral.in_doubt))


@decision.register
def _(command: RecordDeferral, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    known = state.deferrals.get(command.material)
    if known is not None and not known.in_doubt:
        return ()
    if state.plan.deferrals_move and (command.rests, command.calendar) != (len(state.rests), state.calendar):
        return ()  # a rest ended or a calendar came while it was reckoned: that asked anew
    # A date that was doubted has come: whatever the calendar says now is final once it lies in the past.
    provisional = command.provisional and command.due_at > at
    return (
        e.MaterialDeferred(
            at=at,
            material=command.material,
            due_on=command.due_on,
            due_at=command.due_at,
            provisional=provisional,
        ),
    )


@decision.register
def _(command: DoubtDeferral, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    deferral = state.deferrals[command.material]
    if deferral.in_doubt or not deferral.provisional or command.material in state.handed_in:
        return ()
    return (e.DeferralDoubted(at=at, material=command.material),)


@decision.register
def _(command: MissMaterial, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    deferral, declared = state.deferrals[command.material], deferral_of(state.plan, command.material)
    if deferral.missed or command.material in state.handed_in or state.phase is not CasePhase.OPEN or declared is None:
        return ()
    if state.plan.deferrals_move and (state.rest is not None or deferral.in_doubt or at < deferral.due_at):
        return ()  # the alarm of a date that has moved
    missed = e.MaterialMissed(at=at, material=command.material, due_on=deferral.due_on)
    users = users_of(state, command.material)
    if not users:
        return (missed,)
    undecided = [item for item in users if state.items[item].status is not ItemStatus.APPROVED]
    if declared.when_missing == "operator_task" or not undecided:
        # What was approved without it is not taken back by a machine.
        return (missed, e.OperatorTaskOpened(at=at, item=users[0], kind=e.TaskKind.MATERIAL_MISSING))
    followed: list[e.Event] = [missed]
    for item in undecided:
        decision_id = f"{item}:{MISSING}:{command.material}"
        followed += refuse(state, item, decision_id, MISSING, None, None, at, by_platform=True)
        if isinstance(followed[-1], e.CaseStopped):
            break  # the others are withdrawn with the case
    return tuple(followed)


@decision.register
def _(command: RecordSupplied, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.material not in item_of(state, command.item).lacks:
        return ()
    supplied = e.MaterialSupplied(at=at, item=command.item, material=command.material)
    if not command.failed:
        return (supplied,)
    task = e.OperatorTaskOpened(at=at, item=command.item, kind=e.TaskKind.MATERIAL_NOT_TAKEN, reason=command.refused)
    return (supplied, task)
