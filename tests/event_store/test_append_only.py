"""The database itself refuses to change the record, whoever asks."""

import asyncpg
import pytest

from event_store.case_keys import CaseKeys
from event_store.pool import Database
from event_store.store import EventStore
from tests.event_store.given import CASE, a_case


@pytest.mark.parametrize("replication_role", ["origin", "replica"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET type = 'other'",
        "UPDATE events SET type = 'other' WHERE false",
        "DELETE FROM events",
        "TRUNCATE events",
        "DELETE FROM heads",
        "TRUNCATE heads",
        "UPDATE heads SET version = version - 1",
        "UPDATE heads SET hash = 'x'",
        "UPDATE heads SET case_no = 'x', version = version + 1",
        "DELETE FROM case_keys",
        "TRUNCATE case_keys",
        "UPDATE case_keys SET wrapped = 'x', destroyed_at = NULL",
        "DELETE FROM case_counters",
        "TRUNCATE intake CASCADE",
        "DELETE FROM intake",
    ],
)
async def test_the_record_only_grows(
    store: EventStore,
    database: Database,
    superuser: "asyncpg.Connection[asyncpg.Record]",
    statement: str,
    replication_role: str,
) -> None:
    await a_case(store)
    keys = CaseKeys(database)
    await keys.put(CASE, b"wrapped")
    await keys.destroy(CASE)
    assert await superuser.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    # "replica" switches ordinary triggers off; it is what tools for bulk loads set.
    await superuser.execute(f"SET session_replication_role = {replication_role}")
    with pytest.raises(asyncpg.RestrictViolationError, match="only grows"):
        await superuser.execute(statement)
    assert len(await store.read(CASE)) == 3


async def test_an_upsert_cannot_change_an_event_either(
    store: EventStore, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await a_case(store)
    with pytest.raises(asyncpg.RestrictViolationError):
        await superuser.execute(
            "INSERT INTO events (case_no, version, event_id, type, occurred_at, data, suite, previous_hash, hash)"
            " SELECT case_no, version, event_id, 'x', occurred_at, data, suite, previous_hash, hash FROM events"
            " ON CONFLICT (case_no, version) DO UPDATE SET type = excluded.type"
        )
