import asyncio

import asyncpg
import pytest

from event_store import queries
from event_store.errors import ClusterTooYoung, StoreUnavailable
from event_store.migrations import migrate
from event_store.store import EventStore
from runtime.embedded.postgres import EmbeddedPostgres
from tests.event_store.given import a_case

TABLES = {
    *("events", "heads", "case_keys", "case_counters", "intake", "workflow_starts", "signers", "calendars"),
    *("checkpoints", "cases", "items", "mandates", "signatures_awaited", "timeline", "department_days"),
    *("contents", "content_drafts"),
    *("department_health", "department_calls", "department_collecting", "department_refusals", "alembic_version"),
    *("workbench_claims", "workbench_log", "workbench_undoings", "workbench_extensions", "look_up_cache"),
    "refused_calls",
}


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return {row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    finally:
        await connection.close()


async def test_processes_that_start_together_migrate_an_empty_database_once(server: EmbeddedPostgres) -> None:
    url = await server.create_database("empty")
    await asyncio.gather(*(migrate(url) for _ in range(4)))
    assert await tables(url) == TABLES
    await migrate(url)
    assert await tables(url) == TABLES


async def test_a_database_that_is_away_is_said_to_be(unused_tcp_port: int) -> None:
    with pytest.raises(StoreUnavailable):
        await migrate(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/nothing")


async def test_a_record_from_an_older_cluster_is_not_followed_silently(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]", database_url: str
) -> None:
    await a_case(store)
    await migrate(database_url)
    await superuser.execute("ALTER TABLE events DISABLE TRIGGER USER")
    await superuser.execute("UPDATE events SET transaction_id = '999999999'")
    with pytest.raises(ClusterTooYoung):
        await migrate(database_url)


@pytest.mark.parametrize(
    "name",
    [
        "events",
        "verify",
        "case_keys",
        "intake",
        "projector",
        "case_projection",
        "department_health",
        "department_slots",
        "collecting",
        "workbench",
        "look_up_cache",
    ],
)
async def test_every_statement_fits_the_schema(name: str, superuser: "asyncpg.Connection[asyncpg.Record]") -> None:
    statements = queries.load(name)
    assert statements
    for statement in statements.values():
        await superuser.prepare(statement)


def test_blocks_have_a_name_and_a_body() -> None:
    assert queries.parse("-- what\n-- name: one\nSELECT 1;\n\n-- name: two\n-- why\nSELECT 2;") == {
        "one": "SELECT 1",
        "two": "-- why\nSELECT 2",
    }
    for wrong in ("-- name: one\n", "-- name: one\nSELECT 1\n-- name: one\nSELECT 2"):
        with pytest.raises(ValueError, match="one"):
            queries.parse(wrong)
