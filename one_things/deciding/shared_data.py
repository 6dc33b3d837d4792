"""Shared data that was looked up, and what applicants hand in while a source is down."""

from datetime import datetime

from one_things import events as e
from one_things.case import CasePhase, CaseState
from one_things.commands import HandInInstead, RecordSharedData, RecordSourceDown
from one_things.deciding.dispatch import decision
from one_things.faults import CommandRefused
from one_things.looked_up import LookedUp
from one_things.text import Text


@decision.register
def _(command: RecordSharedData, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.lookup in state.facts:
        return ()
    looked_up = _for_its_items(command, state)
    if command.lookup in state.handed_instead:
        return _late(command, looked_up, state, at)
    if command.fields is None:
        return (e.SharedDataMissing(at=at, lookup=command.lookup, looked_up=looked_up),)
    return (
        e.SharedDataFetched(
            at=at, lookup=command.lookup, fields=command.fields, digest=command.digest, looked_up=looked_up
        ),
    )


def _for_its_items(command: RecordSharedData, state: CaseState) -> LookedUp | None:
    items = tuple(item.id for item in state.plan.items if command.lookup in item.lookups)
    return None if command.looked_up is None else command.looked_up.for_items(items)


def _late(command: RecordSharedData, looked_up: LookedUp | None, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    """What was handed in stays; where the source says anything else, a person compares."""
    agrees = command.fields is not None and command.digest == state.handed_instead[command.lookup].digest
    answered = e.SourceAnsweredLate(
        at=at,
        lookup=command.lookup,
        fields=command.fields,
        digest=command.digest,
        agrees=agrees,
        looked_up=looked_up,
    )
    if agrees:
        return (answered,)
    item = next(item.id for item in state.plan.items if command.lookup in item.lookups)
    return (answered, e.OperatorTaskOpened(at=at, item=item, kind=e.TaskKind.SOURCE_DIFFERS))


@decision.register
def _(command: RecordSourceDown, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.lookup in state.facts or command.lookup in state.sources_down:
        return ()
    return (e.SharedDataUnavailable(at=at, lookup=command.lookup),)


@decision.register
def _(command: HandInInstead, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if all(lookup.id != command.lookup for lookup in state.plan.lookups):
        raise CommandRefused(
            "lookup-unknown", Text(zh="该办件没有这项数据查询。", en="The case has no such look-up of shared data.")
        )
    earlier = state.handed_instead.get(command.lookup)
    if earlier is not None and earlier.digest == command.digest:
        return ()
    if earlier is not None:
        raise CommandRefused(
            "handed-in-already", Text(zh="这些内容已经提交过。", en="This has been handed in already.")
        )
    if command.lookup in state.facts:
        raise CommandRefused(
            "source-answered",
            Text(
                zh="部门已经提供了这些信息，无需提交。", en="The department has answered: nothing is to be handed in."
            ),
        )
    if command.lookup not in state.sources_down or state.phase is not CasePhase.OPEN:
        raise CommandRefused(
            "source-not-down",
            Text(
                zh="这些信息由部门提供；只有部门系统没有应答时才需要您提交。",
                en="A department provides this; it is handed in only while its source does not answer.",
            ),
        )
    return (
        e.HandedInInstead(
            at=at,
            lookup=command.lookup,
            form=command.form,
            digest=command.digest,
            materials=command.materials,
            channel=command.channel,
        ),
    )
