"""Following the record: nothing skipped and nothing out of order, however the writers' transactions overlap."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby

import asyncpg
import pytest

from event_store.pool import Database, StoreSettings
from event_store.reading import SQL
from event_store.record import BEGINNING, GENESIS, Position, Recorded
from event_store.store import EventStore
from runtime.embedded.postgres import EmbeddedPostgres
from security.suites import suite
from tests.event_store.given import CASE, HEAD_KEY, OTHER_CASE, a_case, insist, some_events

PATIENCE = 30.0  # seconds; only a failing test waits that long


async def append_slowly(connection: "asyncpg.Connection[asyncpg.Record]", case_no: str) -> None:
    """The append of somebody whose transaction goes on: what a stalled client or a slow disk looks like."""
    (event,) = some_events(case_no, 1, 1)
    await connection.execute(
        SQL["append"],
        case_no,
        0,
        GENESIS,
        [event.event_id],
        [event.type],
        [event.occurred_at],
        [event.data],
        [b"hash"],
        "slow",
        b"mac",
    )


@asynccontextmanager
async def following(store: EventStore, after: Position = BEGINNING) -> AsyncIterator["asyncio.Queue[Recorded]"]:
    """Everything a tail yields, while the block runs."""
    seen: asyncio.Queue[Recorded] = asyncio.Queue()

    async def follow() -> None:
        async for event in store.tail(after):
            seen.put_nowait(event)

    task = asyncio.create_task(follow())
    try:
        yield seen
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def next_of(seen: "asyncio.Queue[Recorded]", count: int) -> list[Recorded]:
    async with asyncio.timeout(PATIENCE):
        return [await seen.get() for _ in range(count)]


async def test_a_newer_commit_waits_for_an_older_transaction(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    older = superuser.transaction()
    await older.start()
    await append_slowly(superuser, OTHER_CASE)
    await a_case(store, CASE, 1)  # commits first, with the higher transaction id and the higher position
    assert await store.read_after(BEGINNING) == []
    await older.commit()
    assert [event.case_no for event in await store.read_after(BEGINNING)] == [OTHER_CASE, CASE]


async def test_positions_that_were_taken_first_and_commit_last_are_not_skipped(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with following(store) as seen:
        before = await a_case(store, "4419-2026-000001", 1)
        assert before
        assert [event.case_no for event in await next_of(seen, 1)] == ["4419-2026-000001"]
        older = superuser.transaction()
        await older.start()
        await append_slowly(superuser, OTHER_CASE)
        await a_case(store, CASE, 2)
        await asyncio.sleep(0.2)
        assert seen.empty()  # it was rung, but must not show what could be overtaken
        await older.commit()
        events = await next_of(seen, 3)
    assert [(event.case_no, event.version) for event in events] == [(OTHER_CASE, 1), (CASE, 1), (CASE, 2)]


async def test_an_older_transaction_that_rolls_back_holds_nothing_up(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with following(store) as seen:
        older = superuser.transaction()
        await older.start()
        await append_slowly(superuser, OTHER_CASE)
        await a_case(store, CASE, 1)
        await asyncio.sleep(0.1)
        # A rollback rings nobody, and the poll is 30 s away: only the short naps find the event in time.
        await older.rollback()
        async with asyncio.timeout(10):
            assert (await seen.get()).case_no == CASE


async def test_many_writers_at_random(
    store: EventStore, settings: StoreSettings, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    chance = random.Random(20260302)
    cases = [f"4419-2026-{serial:06d}" for serial in range(1, 25)]
    length = 6

    async def write(case_no: str) -> None:
        head = GENESIS
        version = 0
        while version < length:
            count = min(chance.randint(1, 3), length - version)
            head = await store.append(case_no, version, head, some_events(case_no, version + 1, count))
            version += count
            await asyncio.sleep(chance.random() * 0.01)

    async def stall(number: int) -> None:
        connection = await asyncpg.connect(settings.url)
        try:
            for attempt in range(4):
                transaction = connection.transaction()
                await transaction.start()
                await append_slowly(connection, f"4403-2026-{number * 10 + attempt:06d}")
                await asyncio.sleep(chance.random() * 0.05)
                await (transaction.commit() if chance.random() < 0.7 else transaction.rollback())
        finally:
            await connection.close()

    async with following(store) as live:
        await asyncio.gather(*map(write, cases), *map(stall, range(4)))
        total = await superuser.fetchval("SELECT count(*) FROM events")
        seen = await next_of(live, total)
        assert live.empty()
    positions = [event.position for event in seen]
    assert positions == sorted(set(positions))
    by_case = sorted(((event.case_no, event.version) for event in seen), key=lambda pair: pair[0])
    for case_no, pairs in groupby(by_case, key=lambda pair: pair[0]):
        versions = [version for _, version in pairs]
        assert versions == list(range(1, (length if case_no in cases else 1) + 1))
    assert seen == await store.read_after(BEGINNING, limit=total + 1)
    middle = positions[total // 2]
    assert [event.position for event in await store.read_after(middle, 1000)] == positions[total // 2 + 1 :]
    assert await store.last_position() == positions[-1]


async def test_a_tail_begins_where_it_is_told_and_goes_on_live(store: EventStore) -> None:
    head = await a_case(store)
    second = (await store.read(CASE))[1]
    async with following(store, second.position) as seen:
        assert [event.version for event in await next_of(seen, 1)] == [3]
        await store.append(CASE, 3, head, some_events(CASE, 4, 1))
        assert [event.version for event in await next_of(seen, 1)] == [4]


async def test_a_tail_survives_a_restart_of_the_database(server: EmbeddedPostgres, store: EventStore) -> None:
    async with following(store) as seen:
        head = await a_case(store, CASE, 1)
        assert (await next_of(seen, 1))[0].version == 1
        await server.stop()
        await asyncio.sleep(0.2)
        await server.start()
        head = await insist(lambda: store.append(CASE, 1, head, some_events(CASE, 2, 1)))
        assert (await next_of(seen, 1))[0].version == 2
        await server.kill()
        await server.start()
        await insist(lambda: store.append(CASE, 2, head, some_events(CASE, 3, 1)))
        assert (await next_of(seen, 1))[0].version == 3


async def test_a_lost_ring_is_made_up_for_by_the_poll(
    settings: StoreSettings, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    (event,) = some_events(CASE, 1, 1)
    async with (
        Database(settings.model_copy(update={"poll_interval": 0.05})) as database,
        following(EventStore(database, suite("international"), HEAD_KEY)) as seen,
    ):
        # An insert that rings nobody.
        await superuser.execute(
            "INSERT INTO events (case_no, version, event_id, type, occurred_at, data, suite, previous_hash, hash)"
            " VALUES ($1, 1, $2, $3, $4, $5, 'none', '', '')",
            *(CASE, event.event_id, event.type, event.occurred_at, event.data),
        )
        assert (await next_of(seen, 1))[0].event_id == event.event_id


def test_a_position_is_written_as_the_browser_sends_it_back() -> None:
    assert Position.parse(str(Position(7201, 15))) == Position(7201, 15)
    for wrong in ("", "7201", "7201-x", "-1-2", "7201-15-3"):
        with pytest.raises(ValueError, match="position"):
            Position.parse(wrong)


@pytest.mark.parametrize(
    ("question", "types", "given"),
    [
        ("anything_after", "(xid8, bigint)", "('0', 0)"),
        ("read_after", "(xid8, bigint, bigint)", "('0', 0, 500)"),
        ("last_position", "", ""),
    ],
)
async def test_following_reads_its_end_of_the_record_and_not_the_whole(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]", question: str, types: str, given: str
) -> None:
    await a_case(store, CASE, 2000)
    await superuser.execute("ANALYZE events")
    await superuser.execute("SET plan_cache_mode = force_generic_plan")
    await superuser.execute(f"PREPARE look {types} AS {SQL[question].rstrip().rstrip(';')}")
    plan = "\n".join(row[0] for row in await superuser.fetch(f"EXPLAIN EXECUTE look {given}"))
    assert "events_in_order" in plan
    assert "Seq Scan" not in plan
