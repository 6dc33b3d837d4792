"""Holiday notices in the database: numbered in order, never changed, and published once however often it is said."""

import asyncio
from datetime import date

import asyncpg
import pytest

from event_store.calendars import Calendars
from event_store.pool import Database
from one_things.clock import CalendarYear

YEAR = CalendarYear(year=2027, notice="测试通知〔2026〕1号", free_days=(date(2027, 1, 1),), make_up_days=())
PROLONGED = YEAR.model_copy(update={"free_days": (date(2027, 1, 1), date(2027, 1, 4))})
NEXT = CalendarYear(year=2028, notice="测试通知〔2027〕1号", free_days=(date(2028, 1, 1),), make_up_days=())


async def test_what_is_said_again_is_no_news_and_a_later_notice_replaces_the_earlier(database: Database) -> None:
    calendars = Calendars(database)
    assert await calendars.newest() == 0
    assert await calendars.publish(YEAR) == (1, True)
    assert await calendars.publish(YEAR) == (1, False)
    assert await calendars.publish(NEXT) == (2, True)
    assert await calendars.publish(PROLONGED) == (3, True)
    assert await calendars.publish(YEAR) == (4, True), "taken back: the first one is in force again"
    assert [one.publication for one in await calendars.published()] == [1, 2, 3, 4]
    assert (await calendars.published())[2].year == PROLONGED
    assert await calendars.newest() == 4
    assert await calendars.waiting(4) == []


async def test_at_once_from_several_places_it_is_published_once(database: Database) -> None:
    answers = await asyncio.gather(*(Calendars(database).publish(YEAR) for _ in range(4)))
    assert sorted(answers) == [(1, False), (1, False), (1, False), (1, True)]


@pytest.mark.parametrize("statement", ["UPDATE calendars SET year = 1", "DELETE FROM calendars", "TRUNCATE calendars"])
async def test_nothing_that_was_published_is_changed(database: Database, statement: str) -> None:
    await Calendars(database).publish(YEAR)
    async with database.connection() as connection:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute(statement)
