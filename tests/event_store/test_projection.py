"""The read models follow from the events and from nothing else."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest

from event_store import case_projection
from event_store.case_projection import CaseProjection, state_from_json, state_to_json
from event_store.pool import Database
from event_store.projector import Projector
from event_store.record import BEGINNING, GENESIS, Recorded
from event_store.store import EventStore
from event_store.wake_up import PROJECTED, WakeUp
from observability import metrics
from one_things import commands as c
from one_things.case import CaseState
from one_things.events import Channel, Event
from one_things.evolving import fold
from tests.event_store.given import CASE, OTHER_CASE, insist
from tests.event_store.histories import LOOKUPS, completed, record, waiting_for_an_operator
from tests.one_things.house_sale import DIGEST, Sale

TABLES = {
    "cases": "case_no",
    "items": "case_no, item_id",
    "signatures_awaited": "case_no, item_id, party",
    "timeline": "case_no, version",
    "department_days": "department_days",
    "checkpoints": "projection",
}


@pytest.fixture
def projector(database: Database) -> Projector:
    return Projector(database, CaseProjection(), batch=7)


async def dump(superuser: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[str]]:
    """Every byte of the read models, json as the text it is stored as."""
    return {
        table: [row[0] for row in await superuser.fetch(f"SELECT {table}::text FROM {table} ORDER BY {key}")]
        for table, key in TABLES.items()
    }


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Looks until it holds; half a minute, which only a failing test takes."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)


async def three_cases(store: EventStore) -> None:
    await record(store, CASE, completed(CASE))
    await record(store, OTHER_CASE, waiting_for_an_operator(OTHER_CASE))
    await record(store, "4403-2026-000001", completed("4403-2026-000001")[:13])


async def test_a_case_is_shown_as_its_events_say(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    history = completed(CASE)
    await record(store, CASE, history)
    assert await projector.catch_up() == len(history)
    case = await superuser.fetchrow("SELECT * FROM cases")
    assert case is not None
    assert (case["case_no"], case["bundle"], case["bundle_version"]) == (CASE, "enterprise-exit", "1")
    assert (case["owner"], case["channel"], case["phase"]) == ("subject-1", "web", "closed")
    assert (case["outcome"], case["stop_reason"], case["open_tasks"]) == ("completed", None, 0)
    assert (case["opened_at"], case["changed_at"]) == (history[0].at, history[-1].at)
    assert (case["closed_at"], case["version"]) == (history[-1].at, len(history))
    assert state_from_json(case["state"]) == fold(history)
    items = await superuser.fetch("SELECT * FROM items ORDER BY place")
    assert [(item["item_id"], item["department"], item["status"], item["attempt"]) for item in items] == [
        ("tax-clearance", "tax", "approved", 2),
        ("registry", "market-regulation", "approved", 1),
        ("seals", "public-security", "approved", 1),
    ]
    tax = items[0]
    assert (tax["reference"], tax["due_on"], tax["provisional"]) == ("税注-17", date(2027, 1, 8), True)
    assert (tax["breached"], tax["unreachable_since"]) == (True, None)
    assert tax["due_at"] == datetime(2027, 1, 8, 15, 59, 59, tzinfo=UTC)
    timeline = await superuser.fetch("SELECT * FROM timeline ORDER BY version")
    assert [row["type"] for row in timeline] == [event.type for event in history]
    assert [row["at"] for row in timeline] == [event.at for event in history]
    assert [row["data"] for row in timeline] == [event.data for event in await store.read(CASE)]
    assert timeline[0]["item"] is None
    assert timeline[-3]["item"] == "seals"


async def test_what_departments_did_is_counted_by_the_day(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    for number in range(3):
        await record(store, f"4403-2026-00000{number}", completed(f"4403-2026-00000{number}"))
    await projector.catch_up()
    rows = await superuser.fetch(
        "SELECT measure, late, hours, promised, sum(count) FROM department_days WHERE department = 'tax'"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [
        ("accepted", False, 2, -1, 3),
        ("approved", True, 3, 10, 3),
        ("correction", False, 0, -1, 3),
        ("handed_in", False, 0, -1, 6),
    ]


async def test_tables_of_an_older_release_are_made_anew_once(
    database: Database, store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    class Older(CaseProjection):
        shape = 1

    await three_cases(store)
    total = await Projector(database, Older()).catch_up()
    await superuser.execute("DELETE FROM department_days")
    projectors = [Projector(database, CaseProjection()) for _ in range(2)]
    assert sorted(await asyncio.gather(*(one.rebuild_if_older() for one in projectors))) == [0, total]
    assert await superuser.fetchval("SELECT count(*) FROM department_days") > 0
    assert await projectors[0].rebuild_if_older() == 0


async def test_an_open_task_of_an_operator_is_counted(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await record(store, OTHER_CASE, waiting_for_an_operator(OTHER_CASE))
    await projector.catch_up()
    row = await superuser.fetchrow("SELECT phase, stop_reason, outcome, open_tasks, closed_at FROM cases")
    assert row is not None
    assert tuple(row) == ("stopping", "refused", None, 1, None)


async def test_a_document_is_awaited_from_its_handing_out_to_its_signature_and_by_institutions_alone(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    sale, recorded, head = Sale().drawn_up(), 0, GENESIS

    async def awaited() -> list[tuple[str, int]]:
        nonlocal recorded, head
        head = await record(store, CASE, sale.events[recorded:], recorded, head)
        recorded = len(sale.events)
        await projector.catch_up()
        rows = await superuser.fetch("SELECT party, round FROM signatures_awaited ORDER BY party")
        return [tuple(row) for row in rows]

    assert await awaited() == []
    for bank in ("old-bank", "new-bank"):
        sale.when(c.RecordSigningReply(item="contract", party=bank, round=1, digest=DIGEST, reference="R-1"))
    assert await awaited() == [("new-bank", 1), ("old-bank", 1)]
    sale.signed("old-bank", "seller")
    assert await awaited() == [("new-bank", 1)]
    before = await dump(superuser)
    await projector.rebuild()
    assert await dump(superuser) == before
    sale.when(c.Cancel(channel=Channel.WEB))
    assert await awaited() == []


@pytest.mark.parametrize("batch", [1, 4, 1000])
async def test_a_rebuild_gives_every_byte_again(
    database: Database,
    store: EventStore,
    projector: Projector,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    batch: int,
) -> None:
    await three_cases(store)
    total = await projector.catch_up()
    before = await dump(superuser)
    assert len(before["cases"]) == 3
    assert len(before["timeline"]) == total
    assert await Projector(database, CaseProjection(), batch).rebuild() == total
    assert await dump(superuser) == before


async def test_a_rebuild_puts_right_what_was_wrong(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await three_cases(store)
    await projector.catch_up()
    before = await dump(superuser)
    await superuser.execute("UPDATE items SET status = 'undone'")
    await superuser.execute("DELETE FROM timeline WHERE version > 2")
    await superuser.execute("UPDATE cases SET owner = 'somebody'")
    assert await dump(superuser) != before
    await projector.rebuild()
    assert await dump(superuser) == before


async def test_a_rebuild_that_fails_changes_nothing(
    store: EventStore,
    projector: Projector,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await three_cases(store)
    await projector.catch_up()
    before = await dump(superuser)
    await record(store, "4403-2026-000009", completed("4403-2026-000009"))
    monkeypatch.setattr(case_projection, "_timeline_row", ill)
    with pytest.raises(RuntimeError, match="a defect"):
        await projector.rebuild()
    assert await dump(superuser) == before


async def test_readers_see_the_old_content_during_a_rebuild(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]", database: Database
) -> None:
    await three_cases(store)
    await projector.catch_up()
    cleared, go_on = asyncio.Event(), asyncio.Event()

    class Halting(CaseProjection):
        async def clear(self, connection: object) -> None:
            await super().clear(connection)  # type: ignore[arg-type]
            cleared.set()
            await go_on.wait()

    rebuilding = asyncio.create_task(Projector(database, Halting()).rebuild())
    await cleared.wait()
    assert await superuser.fetchval("SELECT count(*) FROM cases") == 3
    assert await projector.step() == 0  # one writer at a time
    go_on.set()
    assert await rebuilding > 0
    assert await superuser.fetchval("SELECT count(*) FROM cases") == 3


async def test_writers_that_step_at_the_same_time_project_everything_once(
    database: Database, store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    projectors = [Projector(database, CaseProjection(), batch=3) for _ in range(4)]
    running = [asyncio.create_task(projector.run()) for projector in projectors]
    try:
        await three_cases(store)
        # Not the last position: it may lie before events that a writer still holds back.
        everything = "SELECT (SELECT count(*) FROM timeline) = (SELECT count(*) FROM events)"
        await until(lambda: superuser.fetchval(everything))
        assert [task.exception() for task in running if task.done()] == []
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    before = await dump(superuser)
    await projectors[0].rebuild()
    assert await dump(superuser) == before
    assert await superuser.fetchval("SELECT count(*) FROM timeline") == await superuser.fetchval(
        "SELECT count(*) FROM events"
    )


async def test_a_step_that_fails_moves_nothing(
    store: EventStore,
    projector: Projector,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await record(store, CASE, completed(CASE)[:2])
    monkeypatch.setattr(case_projection, "_timeline_row", ill)
    with pytest.raises(RuntimeError, match="a defect"):
        await projector.step()
    assert await projector.position() == BEGINNING
    assert await superuser.fetchval("SELECT count(*) FROM cases") == 0


@pytest.mark.parametrize("unreadable", ["case_opened", "item_submitted", "case_closed"])
async def test_a_case_with_an_event_of_a_newer_release_is_left_behind_and_the_others_go_on(
    store: EventStore,
    projector: Projector,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    unreadable: str,
) -> None:
    total = len(completed(CASE)) + len(completed(OTHER_CASE))
    known = next(place for place, event in enumerate(completed(CASE)) if event.type == unreadable)
    with monkeypatch.context() as older:
        older.setattr(case_projection, "_next_event", an_older_release(unreadable))
        head = await record(store, CASE, completed(CASE)[:9])
        await record(store, OTHER_CASE, completed(OTHER_CASE))
        await projector.catch_up()
        await record(store, CASE, completed(CASE)[9:], 9, head)
        await projector.catch_up()

        assert await projector.position() == await store.last_position()
        assert await superuser.fetchval("SELECT phase FROM cases WHERE case_no = $1", OTHER_CASE) == "closed"
        shown = await superuser.fetchval("SELECT version FROM cases WHERE case_no = $1", CASE)
        assert (shown or 0) == known
        assert await projector.retry_left_behind() == [CASE]
        assert metrics.CASES_LEFT_BEHIND.collect()[0].samples[0].value == 1
        assert caplog.text.count(f"{CASE}: version {known + 1} cannot be read") == 1
        before = await dump(superuser)
        assert await projector.rebuild() == total
        assert await dump(superuser) == before, "a rebuild by the same release shows the same"

    assert await projector.retry_left_behind() == []
    assert metrics.CASES_LEFT_BEHIND.collect()[0].samples[0].value == 0
    caught_up = await dump(superuser)
    assert len(caught_up["timeline"]) == total
    await projector.rebuild()
    assert await dump(superuser) == caught_up, "as if there had been no delay"


async def test_a_running_projection_shows_by_itself_what_was_left_behind_by_another(
    database: Database,
    store: EventStore,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    await record(store, CASE, completed(CASE))
    with monkeypatch.context() as older:
        older.setattr(case_projection, "_next_event", an_older_release("item_submitted"))
        await Projector(database, CaseProjection()).catch_up()
    running = asyncio.create_task(
        Projector(database, CaseProjection(hear=lambda _, event: heard.append(event.type))).run()
    )
    try:
        await until(lambda: superuser.fetchval("SELECT phase = 'closed' FROM cases"))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    types = [event.type for event in completed(CASE)]
    assert heard == types[types.index("item_submitted") :]


async def test_a_history_that_does_not_follow_is_shown_as_far_as_it_does(
    store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    opened = completed(CASE)[0]
    await record(store, CASE, [opened, opened])
    await projector.step()
    assert await superuser.fetchval("SELECT version FROM cases") == 1
    assert await projector.retry_left_behind() == [CASE]


def an_older_release(unknown: str) -> Callable[[Recorded, CaseState | None], Event]:
    """Reads everything but events of one type of the first case, which it does not know."""
    as_it_is = case_projection._next_event

    def next_event(recorded: Recorded, state: CaseState | None) -> Event:
        if (recorded.case_no, recorded.type) == (CASE, unknown):
            return as_it_is(recorded.model_copy(update={"data": '{"type": "of_a_newer_release"}'}), state)
        return as_it_is(recorded, state)

    return next_event


def ill(*_: object) -> None:
    raise RuntimeError("a defect of ours")


async def test_whoever_watches_is_rung_when_something_was_projected(
    database: Database, store: EventStore, projector: Projector
) -> None:
    async with WakeUp(database.settings, PROJECTED) as wake_up:
        await wake_up.listen()
        await record(store, CASE, completed(CASE))
        await projector.catch_up()
        async with asyncio.timeout(10):
            await wake_up.rest(held_back=False)


async def test_the_projection_goes_on_after_its_sessions_were_cut(
    database: Database, store: EventStore, projector: Projector, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    running = asyncio.create_task(projector.run())
    try:
        head = await record(store, CASE, completed(CASE)[:5])
        await until(lambda: superuser.fetchval("SELECT max(version) = 5 FROM timeline"))
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await insist(lambda: record(store, CASE, completed(CASE)[5:], 5, head))
        await until(lambda: superuser.fetchval("SELECT phase = 'closed' FROM cases"))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_state_is_written_the_same_way_by_every_process() -> None:
    state = fold(completed(CASE)[: len(LOOKUPS) + 1])
    assert len(state.sources_down) == len(LOOKUPS)
    assert state_from_json(state_to_json(state)) == state
    program = (
        "from event_store.case_projection import state_to_json; from one_things.evolving import fold;"
        "from tests.event_store.histories import completed;"
        f"print(state_to_json(fold(completed('{CASE}')[:{len(LOOKUPS) + 1}])))"
    )
    for seed in ("1", "2", "3"):
        run = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        assert run.stdout.strip() == state_to_json(state)


async def test_who_listens_hears_each_event_once_after_its_commit_and_nothing_of_a_rebuild(
    database: Database, store: EventStore
) -> None:
    heard: list[tuple[str, str]] = []
    projector = Projector(database, CaseProjection(hear=lambda state, event: heard.append((state.case_no, event.type))))
    await three_cases(store)

    await projector.catch_up()

    recorded = [(event.case_no, event.type) for event in await store.read_after(BEGINNING, 1000)]
    assert heard == recorded
    assert await projector.rebuild() == len(recorded)
    assert heard == recorded
