import asyncpg
import pytest

from event_store.case_keys import CaseKeys
from event_store.errors import KeyConflict, KeyDestroyed, UnknownCase
from event_store.pool import Database
from tests.event_store.given import CASE, OTHER_CASE


@pytest.fixture
def keys(database: Database) -> CaseKeys:
    return CaseKeys(database)


async def test_a_key_is_kept_once(keys: CaseKeys) -> None:
    await keys.put(CASE, b"wrapped")
    await keys.put(CASE, b"wrapped")
    assert await keys.get(CASE) == b"wrapped"
    with pytest.raises(KeyConflict):
        await keys.put(CASE, b"another")
    with pytest.raises(UnknownCase):
        await keys.get(OTHER_CASE)


async def test_a_destroyed_key_leaves_a_tombstone_and_never_comes_back(
    keys: CaseKeys, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await keys.put(CASE, b"wrapped")
    destroyed_at = await keys.destroy(CASE)
    assert await keys.destroy(CASE) == destroyed_at
    row = await superuser.fetchrow("SELECT case_no, wrapped, destroyed_at FROM case_keys")
    assert row is not None
    assert tuple(row) == (CASE, None, destroyed_at)
    for use in (keys.get(CASE), keys.put(CASE, b"wrapped"), keys.replace(CASE, b"wrapped", b"new")):
        with pytest.raises(KeyDestroyed):
            await use
    with pytest.raises(UnknownCase):
        await keys.destroy(OTHER_CASE)


async def test_a_key_is_wrapped_anew_without_losing_it(keys: CaseKeys) -> None:
    await keys.put(CASE, b"by the old master key")
    await keys.replace(CASE, b"by the old master key", b"by the new one")
    await keys.replace(CASE, b"by the old master key", b"by the new one")
    assert await keys.get(CASE) == b"by the new one"
    with pytest.raises(KeyConflict):
        await keys.replace(CASE, b"by the old master key", b"by a third")


async def test_the_keys_still_held_are_paged_through(keys: CaseKeys) -> None:
    numbers = [f"4419-2026-{serial:06d}" for serial in range(1, 6)]
    for case_no in numbers:
        await keys.put(case_no, case_no.encode())
    await keys.destroy(numbers[1])
    first = await keys.held_after(limit=2)
    assert [case_no for case_no, _ in first] == [numbers[0], numbers[2]]
    assert [case_no for case_no, _ in await keys.held_after(first[-1][0])] == numbers[3:]
