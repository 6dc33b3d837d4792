"""What holds of every case, however it went: asked of the record, the workflow, the departments and the gateway."""

from collections import Counter

from event_store.verify import Verifier
from one_things.case import CasePhase, CaseState, ItemStatus
from one_things.events import (
    AnswerNotCounted,
    CaseClosed,
    CorrectionRequested,
    DecisionSetAside,
    Event,
    ItemApproved,
    ItemRefused,
    ItemRetried,
    ItemSubmitted,
    ItemUndone,
    MoreSetAside,
    OperatorTaskOpened,
    OperatorTaskSettled,
    SubmissionWithdrawn,
    TaskKind,
    event_from_json,
)
from one_things.evolving import evolve, fold
from one_things.order import precedes_pivot
from security.suites import suite, suite_names
from tests.flows.town import Town, eventually


async def assert_sound(
    town: Town, case_no: str, *, never_arrived: frozenset[str] = frozenset(), listed: bool = True
) -> CaseState:
    """The invariants of a closed case; ``never_arrived``: keys that were given up before a department had them.

    Without ``listed`` the list of cases, of which it looks at one page, is left out.
    """
    await town.closed(case_no)
    outcome = await town.cases.handle(case_no).result()
    history = _to_the_end(await whole_record(town, case_no))
    state = fold(history)
    assert outcome == state.outcome
    apart = different(await town.cases.state(case_no), state)
    assert apart == {}, f"{case_no}: the workflow is not where the record says: {apart}"
    _assert_order(history)
    _assert_decided_once(history)
    await _assert_departments_agree(town, case_no, history, never_arrived)
    view = await town.view(case_no)
    assert view["version"] >= state.version
    assert view["outcome"] == state.outcome
    if listed:
        await _assert_listed(town, state)
    return state


def _to_the_end(record: list[Event]) -> list[Event]:
    """What happened until the case closed.

    All that can follow is that a department was told that it was too late, and an operator that it contradicts itself.
    """
    end = next(place for place, event in enumerate(record, start=1) if isinstance(event, CaseClosed))
    for late in record[end:]:
        differ = isinstance(late, OperatorTaskOpened) and late.kind is TaskKind.DECISIONS_DIFFER
        assert differ or isinstance(late, DecisionSetAside | MoreSetAside | OperatorTaskSettled), late
    return record[:end]


def different(one: CaseState, other: CaseState) -> dict[str, tuple[object, object]]:
    """Field → its two values, where two states differ."""
    here, there = one.model_dump(exclude={"plan"}), other.model_dump(exclude={"plan"})
    return {name: (here[name], there[name]) for name in here if here[name] != there[name]}


async def whole_record(town: Town, case_no: str) -> list[Event]:
    """The events as they lie in the database; no gap, no duplicate, and as they were written."""
    recorded = await town.record.events.read(case_no)
    assert [one.version for one in recorded] == list(range(1, len(recorded) + 1))
    assert len({one.event_id for one in recorded}) == len(recorded)
    hashers = [suite(name) for name in suite_names()]
    verifier = Verifier(town.record.database, hashers, town.settings.record_mac_key_bytes())
    assert await verifier.verify(case_no) == []
    return [event_from_json(one.data) for one in recorded]


def _assert_order(history: list[Event]) -> None:
    """Nothing starts before what it comes after; nothing ahead of the pivot is undone behind it; the end is the end."""
    state: CaseState | None = None
    for event in history:
        if state is not None:
            assert state.phase is not CasePhase.CLOSED, f"{event.type} after the end"
            if isinstance(event, ItemSubmitted):
                for earlier in state.plan.item(event.item).after:
                    assert state.items[earlier].status is ItemStatus.APPROVED, f"{event.item} before {earlier}"
            if isinstance(event, ItemUndone):
                assert not (state.pivot_passed and precedes_pivot(state.plan, event.item))
        state = evolve(state, event)
    assert state is not None
    assert state.phase is CasePhase.CLOSED


def _assert_decided_once(history: list[Event]) -> None:
    decided = [e.decision_id for e in history if isinstance(e, ItemApproved | ItemRefused | CorrectionRequested)]
    assert len(set(decided)) == len(decided), "each decision counts once"
    ended = Counter(e.item for e in history if isinstance(e, ItemApproved | ItemRefused))
    ended.subtract(e.item for e in history if isinstance(e, ItemRetried))
    assert all(times == 1 for times in ended.values()), ended


async def _assert_departments_agree(
    town: Town, case_no: str, history: list[Event], never_arrived: frozenset[str]
) -> None:
    """Each submission and each undoing took effect once at its department, and no department saw anything else."""
    journal = await town.journal(case_no)
    seen = {kind: {one.key: one for one in journal.keys if one.kind == kind} for kind in ("submit", "undo")}
    assert all(one.effects <= 1 for one in journal.keys), journal.keys
    submitted = {f"{case_no}:{e.item}:{e.attempt}" for e in history if isinstance(e, ItemSubmitted)}
    assert set(seen["submit"]) == submitted - never_arrived
    attempts = {e.item: e.attempt for e in history if isinstance(e, ItemSubmitted)}
    kept = {e.item for e in history if isinstance(e, OperatorTaskOpened) and e.kind is TaskKind.WITHDRAWAL_FAILED}
    let_go = {e.item for e in history if isinstance(e, SubmissionWithdrawn)} - kept
    withdrawn = {f"{case_no}:{item}:{attempts[item]}:undo" for item in let_go}
    undone = {f"{case_no}:{e.item}:{attempts[e.item]}:undo" for e in history if isinstance(e, ItemUndone)}
    assert undone <= set(seen["undo"])
    in_doubt = {f"{case_no}:{e.item}:{e.attempt}:undo" for e in history if isinstance(e, AnswerNotCounted)}
    assert {key for key, one in seen["undo"].items() if one.effects} - in_doubt == (undone | withdrawn) - in_doubt


async def _assert_listed(town: Town, state: CaseState) -> None:
    """The list, which is projected a moment later than the page, comes to show the end, too."""

    async def listed() -> list[str]:
        page = (await town.http.get("/cases", params={"limit": 100}, headers=town.bearer())).json()
        return [case["case_no"] for case in page["cases"] if case["phase"] == "closed"]

    await eventually(listed, lambda closed: state.case_no in closed, f"{state.case_no} closed in the list")
