"""What processes say of the departments that they call."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from event_store.department_health import DepartmentHealth, Tally, Trouble
from event_store.pool import Database

SINCE = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TAX = Trouble("tax", "open", SINCE, 7, "timed_out", 30.0)


@pytest.fixture
def health(database: Database) -> DepartmentHealth:
    return DepartmentHealth(database)


async def test_each_process_says_whom_it_leaves_alone(health: DepartmentHealth) -> None:
    await health.note("a:1", [TAX], {})
    await health.note("b:2", [TAX._replace(since=SINCE + timedelta(minutes=1)), TAX._replace(department="customs")], {})
    seen = await health.trouble()
    assert [(one.department, one.process, one.since) for one in seen] == [
        ("customs", "b:2", SINCE),
        ("tax", "a:1", SINCE),
        ("tax", "b:2", SINCE + timedelta(minutes=1)),
    ]
    assert (seen[1].state, seen[1].failures, seen[1].cause) == ("open", 7, "timed_out")
    assert seen[1].next_probe_at > SINCE
    await health.note("a:1", [TAX._replace(failures=8)], {})
    await health.note("b:2", [], {})
    assert [(one.process, one.failures) for one in await health.trouble()] == [("a:1", 8)]


async def test_what_a_killed_process_said_is_not_true_for_ever(
    health: DepartmentHealth, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await health.note("killed:1", [TAX], {})
    await superuser.execute("UPDATE department_health SET seen_at = now() - interval '61 seconds'")
    assert await health.trouble() == []
    await superuser.execute("UPDATE department_health SET seen_at = now() - interval '61 minutes'")
    await health.note("another:2", [], {})
    assert await superuser.fetchval("SELECT count(*) FROM department_health") == 0


async def test_calls_add_up_over_processes(health: DepartmentHealth) -> None:
    await health.note("a:1", [], {"tax": Tally(10, 1), "customs": Tally(3, 3)})
    await health.note("b:2", [], {"tax": Tally(5, 0)})
    assert await health.calls(datetime.now(UTC) - timedelta(hours=1)) == {"tax": Tally(15, 1), "customs": Tally(3, 3)}
    assert await health.calls(datetime.now(UTC) + timedelta(hours=1)) == {}
