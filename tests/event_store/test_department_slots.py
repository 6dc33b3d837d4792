"""Slots hold over sessions, and nobody's death keeps one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from event_store.department_slots import DepartmentSlots
from event_store.pool import StoreSettings

_LONG = 20.0
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"


@pytest.fixture
async def here(settings: StoreSettings) -> AsyncIterator[DepartmentSlots]:
    async with DepartmentSlots(settings) as slots:
        yield slots


@pytest.fixture
async def there(settings: StoreSettings) -> AsyncIterator[DepartmentSlots]:
    async with DepartmentSlots(settings) as slots:
        yield slots


async def nothing_free(slots: DepartmentSlots, department: str, most: int) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await slots.take(department, most)
            return False
    return True


async def soon(slots: DepartmentSlots, department: str, most: int) -> int:
    async with asyncio.timeout(_LONG):
        return await slots.take(department, most)


async def test_two_processes_share_the_slots_of_a_department(here: DepartmentSlots, there: DepartmentSlots) -> None:
    taken = [await here.take("tax", 3), await there.take("tax", 3), await here.take("tax", 3)]
    assert sorted(taken) == [0, 1, 2]
    assert await nothing_free(here, "tax", 3)
    assert await nothing_free(there, "tax", 3)
    assert await there.take("customs", 3) == 0, "another department has slots of its own"


async def test_who_waits_gets_the_slot_that_is_given_back(here: DepartmentSlots, there: DepartmentSlots) -> None:
    slot = await here.take("tax", 1)
    waiting = asyncio.create_task(soon(there, "tax", 1))
    assert await nothing_free(there, "tax", 1)
    await here.give_back("tax", slot)
    assert await waiting == slot
    assert await nothing_free(here, "tax", 1)


async def test_the_slots_of_a_session_that_died_are_free(
    settings: StoreSettings, there: DepartmentSlots, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    mine = settings.model_copy(update={"application_name": "killed"})
    async with DepartmentSlots(mine) as killed:
        assert await killed.take("tax", 1) == 0
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'killed'"
        )
        assert await soon(there, "tax", 1) == 0


async def test_a_process_that_lost_its_session_takes_the_slots_of_its_calls_again(
    settings: StoreSettings, there: DepartmentSlots, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    mine = settings.model_copy(update={"application_name": "cut off"})
    async with DepartmentSlots(mine) as cut_off:
        assert await cut_off.take("tax", 2) == 0
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut off'"
        )
        assert await soon(cut_off, "tax", 2) == 1, "its first call is still under way"
        assert await nothing_free(there, "tax", 2)
        await cut_off.give_back("tax", 0)
        assert await soon(there, "tax", 2) == 0


async def test_who_gives_up_waiting_leaves_no_slot_behind(here: DepartmentSlots, there: DepartmentSlots) -> None:
    for _ in range(30):
        waiting = asyncio.create_task(here.take("tax", 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        if not waiting.cancelled():
            await here.give_back("tax", waiting.result())
    assert await soon(there, "tax", 1) == 0


async def test_without_a_database_nobody_is_let_through(unused_tcp_port: int) -> None:
    away = StoreSettings(url=f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/nothing", reconnect_interval=0.05)
    async with DepartmentSlots(away) as slots:
        assert await nothing_free(slots, "tax", 9)
