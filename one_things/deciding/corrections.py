"""Correction notices: once and complete (行政许可法 32), a second one only with an operator's leave."""

from collections.abc import Iterable
from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.commands import AnswerCorrection, PermitCorrection
from one_things.correctable import asked_by_name, correctable_fields
from one_things.deciding.dispatch import decision
from one_things.deciding.of_item import item_of
from one_things.faults import CommandRefused
from one_things.sealed import Sealed
from one_things.text import Text


def may_ask_again(state: CaseState, item_id: str) -> bool:
    """Whether the department may still send a correction notice for this item."""
    item = state.item(item_id)
    return not state.plan.one_correction or item.corrections_asked <= item.corrections_permitted


def request_correction(
    state: CaseState, item_id: str, decision_id: str, points: Sealed, named: Iterable[str], at: datetime
) -> tuple[e.Event, ...]:
    """A notice that the department sends on its own. Raises CommandRefused "correction-once" for a second one."""
    if state.item(item_id).deemed_accepted:
        raise CommandRefused(
            "deemed-accepted",
            Text(
                zh="逾期未告知补正，该事项自收到申请之日起即为受理（行政许可法第三十二条），不能再要求补正。",
                en="No notice came in time, so the item counts as accepted from the day of hand-in (行政许可法 32): "
                "corrections can no longer be asked for.",
            ),
        )
    if not may_ask_again(state, item_id):
        raise CommandRefused(
            "correction-once",
            Text(
                zh="该事项已发出过一次补正告知；补正须一次性告知（行政许可法第三十二条），如确需再次补正，请联系平台运营人员准许。",
                en="A correction notice was sent for this item already: there is one, and it is complete "
                "(行政许可法 32). Should another be needed, an operator of the platform has to permit it first.",
            ),
        )
    return (_notice(state, item_id, decision_id, points, named, at),)


def correction_in_reply(
    state: CaseState, item_id: str, decision_id: str, points: Sealed, named: Iterable[str], at: datetime
) -> tuple[e.Event, ...]:
    """A notice in the very answer to a submission. It cannot be refused there: a second one goes to an operator."""
    notice = _notice(state, item_id, decision_id, points, named, at)
    if may_ask_again(state, item_id):
        return (notice,)
    return (
        e.CorrectionHeldBack(**notice.model_dump(exclude={"type"})),
        e.OperatorTaskOpened(at=at, item=item_id, kind=e.TaskKind.SECOND_CORRECTION, reason=points),
    )


def _notice(
    state: CaseState, item_id: str, decision_id: str, points: Sealed, named: Iterable[str], at: datetime
) -> e.CorrectionRequested:
    return e.CorrectionRequested(
        at=at,
        item=item_id,
        attempt=state.item(item_id).attempt,
        decision_id=decision_id,
        points=points,
        asks=asked_by_name(state.plan.item(item_id), named),
    )


@decision.register
def _(command: PermitCorrection, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    # While a notice is with the applicant the permission for it is used up, and one said twice permits no third.
    if may_ask_again(state, command.item) or item.status is ItemStatus.CORRECTION:
        raise CommandRefused(
            "correction-open",
            Text(
                zh="该事项尚未发出补正告知、已准许再次补正，或正在补正。",
                en="The department may send a correction notice as it is, or its notice is with the applicant now.",
            ),
        )
    permitted = e.CorrectionPermitted(at=at, item=command.item, operator=command.operator, reason=command.reason)
    held = item.held_back
    if held is None or item.status is not ItemStatus.SUBMITTED or state.phase is not CasePhase.OPEN:
        return (permitted,)
    return (permitted, e.CorrectionRequested(at=at, **held.model_dump()))


@decision.register
def _(command: AnswerCorrection, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    item = item_of(state, command.item)
    if item.status not in {ItemStatus.CORRECTION, ItemStatus.RETURNED} or state.phase is not CasePhase.OPEN:
        raise CommandRefused(
            "no-correction-asked",
            Text(zh="该事项没有待补正的内容。", en="Nothing is to be corrected for this item."),
        )
    changed = {*command.fields, *command.materials}
    changeable = {*correctable_fields(state.plan, command.item), *state.plan.item(command.item).materials}
    if not changed <= changeable or (item.asks is not None and not changed <= set(item.asks)):
        raise CommandRefused(
            "not-asked", Text(zh="只能补正通知所列的内容。", en="Only what the notice names can be changed.")
        )
    if item.status is ItemStatus.RETURNED:
        again = e.ItemHandedInAgain(
            at=at, item=command.item, form=command.form, materials=command.materials, channel=command.channel
        )
        return (again,)
    return (
        e.CorrectionAnswered(
            at=at, item=command.item, form=command.form, materials=command.materials, channel=command.channel
        ),
    )
