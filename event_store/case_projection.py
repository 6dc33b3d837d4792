"""The read models: ``cases``, ``items``, ``mandates`` and ``signatures_awaited`` show the fold of the events,
``timeline`` the events; ``department_days`` counts what departments did, by the day.

The fold is the domain's own ``evolve``, the same that runs the workflow: what people see cannot
differ from what runs.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from event_store.errors import ProjectionBroken
from event_store.queries import load
from event_store.record import Position, Recorded
from one_things.case import CaseState, ItemState
from one_things.events import Event, ItemEvent, event_from_json
from one_things.evolving import evolve
from one_things.handling import Figure, figure_of, lying
from one_things.inbox import inbox_of, signatures_awaited
from one_things.provisional import has_provisional_dates

if TYPE_CHECKING:
    from event_store.pool import Connection

SQL = load("case_projection")
_LOG = logging.getLogger(__name__)


Hear = Callable[[CaseState, Event], None]
"""Told of each projected event once, with the case as it was after the batch."""


class CaseProjection:
    """Projects the events of all cases. Personal data stays sealed, as it is in the events."""

    name = "cases"
    shape = 3

    def __init__(self, hear: Hear | None = None) -> None:
        self._hear = hear
        self._applied: list[tuple[CaseState, Event]] = []
        self._told: set[str] = set()

    async def apply(self, connection: "Connection", events: Sequence[Recorded]) -> None:
        """Folds ``events`` over the states that are there and writes what changed.

        A case with an event that this release cannot read, or that does not follow, is left behind as it was before
        that event, and the others go on: the record holds the rest of it, and ``left_behind`` finds it again.
        """
        case_nos = list(dict.fromkeys(event.case_no for event in events))
        before = await _states(connection, case_nos)
        after = dict(before)
        timeline = []
        happened: list[tuple[str, Event]] = []
        figures: Counter[Figure] = Counter()
        left: set[str] = set()
        for recorded in events:
            state = after.get(recorded.case_no)
            if recorded.case_no in left or (state is not None and recorded.version <= state.version):
                continue
            try:
                event = _next_event(recorded, state)
                after[recorded.case_no] = _evolved(recorded, state, event)
            except ProjectionBroken as broken:
                left.add(recorded.case_no)
                self._tell_once(recorded, broken)
                continue
            timeline.append(_timeline_row(recorded, event))
            if (figure := figure_of(state, event)) is not None:
                figures[figure] += 1
            happened.append((recorded.case_no, event))
        changed = [case_no for case_no in case_nos if after.get(case_no) is not before.get(case_no)]
        await _write(connection, "write_cases", (_case_row(after[case_no]) for case_no in changed))
        await _write(
            connection,
            "write_items",
            (row for case_no in changed for row in _item_rows(before.get(case_no), after[case_no])),
        )
        await _write(
            connection,
            "write_mandates",
            (row for case_no in changed for row in _mandate_rows(before.get(case_no), after[case_no])),
        )
        await _write(
            connection,
            "write_signatures",
            (row for case_no in changed for row in _signature_rows(before.get(case_no), after[case_no])),
        )
        await _write(
            connection,
            "drop_signatures",
            (row for case_no in changed for row in _signatures_gone(before.get(case_no), after[case_no])),
        )
        await _write(connection, "write_timeline", timeline)
        await _write(connection, "count_figures", (_figure_row(*counted) for counted in sorted(figures.items())))
        self._applied = [(after[case_no], event) for case_no, event in happened]

    async def left_behind(self, connection: "Connection", position: Position) -> list[str]:
        """The cases of which events up to ``position`` are not shown."""
        return [row["case_no"] for row in await connection.fetch(SQL["left_behind"], *position)]

    def _tell_once(self, recorded: Recorded, broken: ProjectionBroken) -> None:
        """One line for each case: what comes after the event does not follow either, and every look finds it again."""
        if recorded.case_no not in self._told:
            self._told.add(recorded.case_no)
            _LOG.error("%s; the case is shown as it was before, the others go on", broken)

    def committed(self) -> None:
        """Tells who listens, once the transaction stands."""
        if self._hear is not None:
            for state, event in self._applied:
                self._hear(state, event)

    async def clear(self, connection: "Connection") -> None:
        """Empties the tables. DELETE and not TRUNCATE: readers go on seeing the old rows until the commit."""
        for name in (
            "clear_figures", "clear_timeline", "clear_signatures", "clear_items", "clear_mandates", "clear_cases"
        ):  # fmt: skip
            await connection.execute(SQL[name], timeout=None)


def state_to_json(state: CaseState) -> str:
    """A state as text; the same events give the same text in every process, because a state holds no sets."""
    return state.model_dump_json()


def state_from_json(text: str) -> CaseState:
    """The state that ``state_to_json`` wrote."""
    return CaseState.model_validate_json(text)


async def _states(connection: "Connection", case_nos: list[str]) -> dict[str, CaseState]:
    rows = await connection.fetch(SQL["states"], case_nos)
    return {row["case_no"]: state_from_json(row["state"]) for row in rows}


def _next_event(recorded: Recorded, state: CaseState | None) -> Event:
    if recorded.version != (0 if state is None else state.version) + 1:
        raise ProjectionBroken(f"{recorded.case_no}: version {recorded.version} is not the next one")
    try:
        return event_from_json(recorded.data)
    except ValueError as error:
        raise ProjectionBroken(f"{recorded.case_no}: version {recorded.version} cannot be read") from error


def _evolved(recorded: Recorded, state: CaseState | None, event: Event) -> CaseState:
    try:
        return evolve(state, event)
    except (ValueError, KeyError) as error:
        raise ProjectionBroken(f"{recorded.case_no}: version {recorded.version} does not follow") from error


def _case_row(state: CaseState) -> tuple[Any, ...]:
    return (
        state.case_no,
        state.plan.bundle,
        state.plan.version,
        state.owner,
        state.channel.value,
        state.phase.value,
        state.outcome and state.outcome.value,
        state.stop_reason and state.stop_reason.value,
        len(state.tasks) + sum(rating.awaits_answer for rating in state.ratings),
        state.opened_at,
        state.changed_at,
        state.closed_at,
        state.version,
        state_to_json(state),
        has_provisional_dates(state),
        state.calendar,
    )


def _item_rows(before: CaseState | None, after: CaseState) -> Iterable[tuple[Any, ...]]:
    before_desk, desk = inbox_of(before) if before is not None else {}, inbox_of(after)
    for place, planned in enumerate(after.plan.items):
        item: ItemState = after.items[planned.id]
        lies = lying(after, planned.id)
        entry = desk.get(planned.id)
        as_before = before is not None and before.plan.items == after.plan.items and before.items[planned.id] == item
        if (
            before is not None
            and as_before
            and lying(before, planned.id) == lies
            and before_desk.get(planned.id) == entry
        ):
            continue
        yield (
            after.case_no,
            planned.id,
            place,
            planned.department,
            planned.title.model_dump_json(),
            item.status.value,
            item.attempt,
            item.reference,
            item.accepted_at,
            item.due_on,
            item.due_at,
            item.provisional,
            item.breached,
            item.notice_ends_at,
            item.unreachable_since,
            *lies,
            entry and entry.state.value,
            entry and entry.until,
            entry and entry.warn_at,
        )


def _mandate_rows(before: CaseState | None, after: CaseState) -> Iterable[tuple[Any, ...]]:
    for agent, mandate in after.mandates.items():
        if before is None or before.mandates.get(agent) != mandate:
            scope = ",".join(one.value for one in mandate.scope)
            yield (after.case_no, agent, scope, mandate.given_at, mandate.ends_at, mandate.revoked_at)


def _signature_rows(before: CaseState | None, after: CaseState) -> Iterable[tuple[Any, ...]]:
    awaited_before = signatures_awaited(before) if before is not None else {}
    for place, awaited in signatures_awaited(after).items():
        if awaited_before.get(place) != awaited:
            yield (after.case_no, *place, awaited.department, awaited.round, awaited.ends_at)


def _signatures_gone(before: CaseState | None, after: CaseState) -> Iterable[tuple[str, str, str]]:
    if before is not None and (awaited_before := signatures_awaited(before)):
        yield from ((after.case_no, *place) for place in awaited_before.keys() - signatures_awaited(after).keys())


def _figure_row(figure: Figure, count: int) -> tuple[Any, ...]:
    days = ",".join(f"[{first},{last}]" for first, last in figure.stopped)
    values = figure._asdict() | {"stopped": f"{{{days}}}"}
    return (*values.values(), count)


def _timeline_row(recorded: Recorded, event: Event) -> tuple[Any, ...]:
    return (
        recorded.case_no,
        recorded.version,
        *recorded.position,
        recorded.type,
        event.at,
        event.item if isinstance(event, ItemEvent) else None,
        recorded.data,
    )


async def _write(connection: "Connection", name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Writes rows with one statement that takes them column by column."""
    columns = list(zip(*rows, strict=True))
    if columns:
        await connection.execute(SQL[name], *map(list, columns))
