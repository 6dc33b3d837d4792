"""What is added to the record of a case that has closed: its workflow takes nothing more, and the rules decide here.

Until the record holds its end the case alone writes it, and from then on only what decides here (ADR 0027). Two who
write at once cannot both follow the same version: the second reads the case again and decides anew.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple

from event_store.errors import StoreUnavailable, VersionConflict
from event_store.record import NewEvent, event_id
from gateway import errors
from gateway.acting import told
from gateway.open_case import SeenCase, recorded_case, seen_case
from gateway.services import GatewayServices
from gateway.views.case_view import time_of_case
from one_things.case import CasePhase, CaseState
from one_things.commands import ActOfDepartment, Command, Decide, RefuseSignature, Sign
from one_things.deciding import case_closed, decide, trace_of
from one_things.events import event_to_json
from one_things.faults import CommandRefused
from workflows.handles import CaseNotRunning
from workflows.messages import Receipt

CASE_CLOSED = case_closed().code
"""The code by which a case refuses everything once it has closed."""
_MOST_TRIES = 5


class Folded(NamedTuple):
    """A case as its record tells it."""

    state: CaseState
    version: int


async def told_or_added(
    services: GatewayServices, seen: SeenCase, command: Command, telling: Callable[[], Awaitable[Receipt]]
) -> Receipt:
    """To the case while it runs; to its record once that holds the end.

    Raises CommandNotPossible, OutOfService: also while the end is being written, and then it is to be said again.
    """

    async def again() -> SeenCase:
        return await seen_case(services, seen.caller, seen.state.case_no)

    if seen.state.phase is not CasePhase.CLOSED:
        try:
            return await told(seen, _or_closed(telling()))
        except errors.CommandNotPossible as refused:
            if refused.stated_code != CASE_CLOSED:
                raise
        seen = await again()
        if seen.state.phase is not CasePhase.CLOSED:
            raise errors.OutOfService("record")
    return await added(services, seen, again, command)


async def _or_closed(telling: Awaitable[Receipt]) -> Receipt:
    """What does not run any more has most likely just ended: the record says."""
    try:
        return await telling
    except CaseNotRunning:
        raise case_closed() from None


async def set_aside(
    services: GatewayServices, case_no: str, said: Decide | ActOfDepartment | Sign | RefuseSignature
) -> None:
    """Keep what a department said of a case that has closed. Raises OutOfService, and it has to be said again."""

    async def closed_case() -> Folded:
        state = await recorded_case(services, case_no)
        return Folded(state, state.version)

    await added(services, await closed_case(), closed_case, trace_of(said, case_closed()))


async def added(
    services: GatewayServices,
    seen: SeenCase | Folded,
    again: Callable[[], Awaitable[SeenCase | Folded]],
    command: Command,
) -> Receipt:
    """Append what follows from ``command``; ``again`` reads the case anew when somebody else came first.

    Raises CommandNotPossible, OutOfService.
    """
    for _ in range(_MOST_TRIES):
        try:
            events = decide(seen.state, command, time_of_case(seen.state, datetime.now(UTC)))
        except CommandRefused as refused:
            raise errors.CommandNotPossible(refused.code, refused.reason) from None
        if not events:
            return Receipt(outcome="repeat", version=seen.version)
        try:
            version, head = await services.store.head(seen.state.case_no)
            if version == seen.version:
                await services.store.append(
                    seen.state.case_no,
                    version,
                    head,
                    [
                        NewEvent(
                            event_id=event_id(seen.state.case_no, version + place),
                            type=event.type,
                            occurred_at=event.at,
                            data=event_to_json(event),
                        )
                        for place, event in enumerate(events, start=1)
                    ],
                )
                return Receipt(outcome="counted", version=version + len(events))
        except VersionConflict:
            pass  # somebody else came first: decide anew on what they wrote
        except StoreUnavailable:
            raise errors.OutOfService("record") from None
        seen = await again()
    raise errors.OutOfService("record")
