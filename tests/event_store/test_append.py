import asyncio
from uuid import uuid4

import asyncpg
import pytest
from pydantic import ValidationError

from event_store.errors import UnknownCase, VersionConflict
from event_store.record import GENESIS
from event_store.store import EventStore
from tests.event_store.given import CASE, OTHER_CASE, a_case, some_events


async def test_what_was_appended_is_read_exactly_as_it_was(store: EventStore) -> None:
    events = some_events(CASE, 1, 3)
    head = await store.append(CASE, 0, GENESIS, events)
    read = await store.read(CASE)
    assert [event.version for event in read] == [1, 2, 3]
    assert [(event.event_id, event.type, event.occurred_at, event.data) for event in read] == [
        (event.event_id, event.type, event.occurred_at, event.data) for event in events
    ]
    assert [event.previous_hash for event in read] == [GENESIS, read[0].hash, read[1].hash]
    assert read[-1].hash == head
    assert [event.position for event in read] == sorted(event.position for event in read)


@pytest.mark.parametrize("note", ["\\u0000", "\\\\\\u0000", "a\0"])
def test_an_event_that_nobody_could_look_into_is_refused(note: str) -> None:
    with pytest.raises(ValidationError, match="no NUL"):
        some_events(CASE, 1, 1, note)


async def test_a_text_that_only_reads_like_nul_is_kept(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await store.append(CASE, 0, GENESIS, some_events(CASE, 1, 1, "\\\\u0000"))
    assert await superuser.fetchval("SELECT data ->> 'note' FROM events") == "\\u0000"


async def test_a_case_grows_by_its_head(store: EventStore) -> None:
    head = await a_case(store, length=2)
    newer = await store.append(CASE, 2, head, some_events(CASE, 3, 2))
    assert await store.head(CASE) == (4, newer)
    assert [event.version for event in await store.read(CASE, after_version=2)] == [3, 4]
    assert [event.version for event in await store.read(CASE, after_version=1, limit=2)] == [2, 3]


async def test_a_repeat_is_a_no_op_with_the_same_answer(store: EventStore) -> None:
    head = await a_case(store, length=2)
    await store.append(CASE, 2, head, some_events(CASE, 3, 1))
    assert await store.append(CASE, 0, GENESIS, some_events(CASE, 1, 2)) == head
    assert len(await store.read(CASE)) == 3


async def test_repeats_that_run_at_the_same_time_all_succeed(store: EventStore) -> None:
    heads = await asyncio.gather(*(a_case(store) for _ in range(8)))
    assert len(set(heads)) == 1
    assert len(await store.read(CASE)) == 3


@pytest.mark.parametrize(
    ("expected_version", "count", "note"),
    [
        pytest.param(0, 3, "other", id="other content"),
        pytest.param(0, 4, "测试", id="more than is there"),
        pytest.param(1, 2, "测试", id="another chain"),
        pytest.param(3, 1, "测试", id="another head"),
        pytest.param(7, 1, "测试", id="after the end"),
    ],
)
async def test_anything_else_is_a_conflict(store: EventStore, expected_version: int, count: int, note: str) -> None:
    await a_case(store)
    previous_hash = b"something else" if expected_version else GENESIS
    with pytest.raises(VersionConflict) as refused:
        await store.append(CASE, expected_version, previous_hash, some_events(CASE, expected_version + 1, count, note))
    assert (refused.value.code, refused.value.head_version) == ("version-conflict", 3)
    assert len(await store.read(CASE)) == 3


async def test_one_of_many_writers_with_other_content_wins(store: EventStore) -> None:
    head = await a_case(store)
    attempts = (store.append(CASE, 3, head, some_events(CASE, 4, 2, note=f"writer {n}")) for n in range(8))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, bytes) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 7
    assert len(await store.read(CASE)) == 5


async def test_an_event_id_that_lies_elsewhere_is_a_conflict(store: EventStore) -> None:
    await a_case(store)
    with pytest.raises(VersionConflict):
        await store.append(OTHER_CASE, 0, GENESIS, some_events(CASE, 1, 1))
    assert await store.read(OTHER_CASE) == []
    with pytest.raises(UnknownCase):
        await store.head(OTHER_CASE)


async def test_data_that_is_not_json_is_refused_whole(store: EventStore) -> None:
    good, bad = some_events(CASE, 1, 2)
    with pytest.raises(Exception, match="json"):
        await store.append(CASE, 0, GENESIS, [good, bad.model_copy(update={"data": "{no", "event_id": uuid4()})])
    assert await store.read(CASE) == []


async def test_nothing_cannot_be_appended(store: EventStore) -> None:
    with pytest.raises(ValueError, match="nothing"):
        await store.append(CASE, 0, GENESIS, [])
    with pytest.raises(ValueError, match="GENESIS"):
        await store.append(CASE, 0, b"x", some_events(CASE, 1, 1))
