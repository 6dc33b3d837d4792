"""Shared data that was looked up."""

from datetime import datetime

from one_things import events as e
from one_things.case import CaseState
from one_things.commands import (
    RecordSharedData,
    RecordSourceDown,
)
from one_things.deciding.dispatch import decision


@decision.register
def _(command: RecordSharedData, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.lookup in state.facts:
        return ()
    if command.fields is None:
        return (e.SharedDataMissing(at=at, lookup=command.lookup),)
    return (e.SharedDataFetched(at=at, lookup=command.lookup, fields=command.fields, digest=command.digest),)


@decision.register
def _(command: RecordSourceDown, state: CaseState, at: datetime) -> tuple[e.Event, ...]:
    if command.lookup in state.facts or command.lookup in state.sources_down:
        return ()
    return (e.SharedDataUnavailable(at=at, lookup=command.lookup),)
