import asyncio

import asyncpg
import pytest

from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.errors import KeyConflict, KeyDestroyed, UnknownCase
from event_store.key_rotation import rotate
from event_store.pool import Database
from security.keys import MasterKeyRing, MasterKeyUnknown
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


OLD = MasterKeyRing.generate("m1")
NEW = MasterKeyRing.generate("m2")
BOTH = MasterKeyRing.from_setting(f"{NEW.to_setting()},{OLD.to_setting()}")


async def cases_under_the_old_key(keys: CaseKeys, count: int) -> list[str]:
    numbers = [f"4419-2026-{serial:06d}" for serial in range(1, count + 1)]
    for case_no in numbers:
        await keys.put(case_no, CaseSecrets(keys, OLD).new_key(case_no)[1])
    return numbers


async def test_after_a_rotation_the_new_master_key_alone_opens_everything_but_who_was_erased(keys: CaseKeys) -> None:
    numbers = await cases_under_the_old_key(keys, 4)
    sealed = await CaseSecrets(keys, OLD).seal_text(numbers[0], "测试申请人甲")
    await keys.destroy(numbers[3])
    assert await rotate(keys, BOTH) == 3
    assert await CaseSecrets(keys, NEW).open_text(numbers[0], sealed) == "测试申请人甲"
    with pytest.raises(KeyDestroyed):
        await keys.get(numbers[3])
    assert await rotate(keys, BOTH) == 0, "a repeat changes nothing"


async def test_two_rotations_at_once_lose_no_key(keys: CaseKeys) -> None:
    numbers = await cases_under_the_old_key(keys, 30)
    assert sum(await asyncio.gather(rotate(keys, BOTH), rotate(keys, BOTH))) == len(numbers)
    secrets = CaseSecrets(keys, NEW)
    for case_no in numbers:
        await secrets.seal_text(case_no, "is opened by the new key")


async def test_a_rotation_without_the_old_key_says_which_is_missing_and_changes_nothing(keys: CaseKeys) -> None:
    (case_no,) = await cases_under_the_old_key(keys, 1)
    before = await keys.get(case_no)
    with pytest.raises(MasterKeyUnknown, match="m1"):
        await rotate(keys, NEW)
    assert await keys.get(case_no) == before
