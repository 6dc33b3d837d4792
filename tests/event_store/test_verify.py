"""Tampering by somebody with every right on the database, but without the head key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from event_store.case_keys import CaseKeys
from event_store.chain import link
from event_store.errors import UnknownCase
from event_store.intake import CaseRequest, CaseStart, Intake
from event_store.pool import Database
from event_store.store import EventStore
from event_store.verify import FindingKind, Verifier
from security.suites import suite
from tests.event_store.given import CASE, HEAD_KEY, OTHER_CASE, a_case, some_events

Superuser = asyncpg.Connection


@pytest.fixture
def verifier(database: Database) -> Verifier:
    return Verifier(database, [suite("international")], HEAD_KEY, settling_time=timedelta(0), page=2)


@asynccontextmanager
async def tampering(superuser: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[None]:
    """Takes the triggers away and puts them back, so that nothing looks different afterwards."""
    tables = ("events", "heads", "intake")
    for table in tables:
        await superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in tables:
        await superuser.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


async def found(verifier: Verifier, case_no: str | None = None) -> list[tuple[str, str, int | None]]:
    return [(finding.kind.value, finding.case_no, finding.version) for finding in await verifier.verify(case_no)]


async def allocate_a_case(database: Database, key: str) -> str:
    async def prepare(case_no: str) -> CaseStart:
        return CaseStart(wrapped_key=b"wrapped", workflow_type="enterprise-exit", payload=case_no.encode())

    request = CaseRequest(idempotency_key=key, owner="subject-1", body_digest=b"digest", city="4419", year=2026)
    return (await Intake(database).allocate(request, prepare)).case_no


async def start_a_case(database: Database, key: str) -> str:
    case_no = await allocate_a_case(database, key)
    await Intake(database).mark_started([case_no])
    return case_no


async def test_an_untouched_record_has_nothing_wrong(store: EventStore, verifier: Verifier) -> None:
    for serial in range(5):
        await a_case(store, f"4419-2026-{serial:06d}", 3)
    assert await verifier.verify() == []
    assert await verifier.verify("4419-2026-000003") == []
    with pytest.raises(UnknownCase):
        await verifier.verify("4419-2026-999999")


@pytest.mark.parametrize(
    "change",
    [
        "data = replace(data::text, 'note', 'none')::json",
        "data = (data::text || ' ')::json",
        "type = 'other'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "event_id = gen_random_uuid()",
        "hash = 'x'",
        "previous_hash = 'x'",
        "suite = 'unheard-of'",
    ],
)
async def test_a_change_is_found(store: EventStore, verifier: Verifier, superuser: Superuser, change: str) -> None:
    await a_case(store)
    await a_case(store, OTHER_CASE)
    async with tampering(superuser):
        await superuser.execute(f"UPDATE events SET {change} WHERE case_no = $1 AND version = 2", CASE)
    findings = await found(verifier)
    assert ("changed", CASE, 2) in findings
    assert all(case_no == CASE for _, case_no, _ in findings)
    assert await found(verifier, CASE) == findings
    assert await found(verifier, OTHER_CASE) == []


async def test_a_chain_written_anew_to_the_end_does_not_meet_its_head(
    store: EventStore, verifier: Verifier, superuser: Superuser
) -> None:
    await a_case(store)
    second, third = (await store.read(CASE))[1:]
    forged = second.model_copy(update={"data": '{"forged": true}'})
    hasher = suite("international")
    second_hash = link(hasher, second.previous_hash, CASE, 2, forged)
    third_hash = link(hasher, second_hash, CASE, 3, third)
    async with tampering(superuser):
        await superuser.execute(
            "UPDATE events SET data = $1, hash = $2 WHERE version = 2 AND case_no = $3", forged.data, second_hash, CASE
        )
        await superuser.execute(
            "UPDATE events SET previous_hash = $1, hash = $2 WHERE version = 3 AND case_no = $3",
            *(second_hash, third_hash, CASE),
        )
    assert await found(verifier) == [("changed", CASE, 3)]
    async with tampering(superuser):
        await superuser.execute("UPDATE heads SET hash = $1 WHERE case_no = $2", third_hash, CASE)
    assert await found(verifier) == [("head-forged", CASE, None)]


async def test_a_missing_row_is_found(store: EventStore, verifier: Verifier, superuser: Superuser) -> None:
    await a_case(store, length=5)
    async with tampering(superuser):
        await superuser.execute("DELETE FROM events WHERE version IN (2, 3)")
    assert await found(verifier) == [("missing", CASE, 2), ("missing", CASE, 3)]


async def test_a_row_moved_to_another_version_is_found(
    store: EventStore, verifier: Verifier, superuser: Superuser
) -> None:
    await a_case(store, length=2)
    async with tampering(superuser):
        await superuser.execute("UPDATE events SET version = version + 10")
        await superuser.execute("UPDATE events SET version = 23 - version - 10")
    assert {kind for kind, _, _ in await found(verifier)} == {"changed"}


async def test_a_tail_that_was_cut_off_is_found(store: EventStore, verifier: Verifier, superuser: Superuser) -> None:
    await a_case(store)
    second = (await store.read(CASE))[1]
    async with tampering(superuser):
        await superuser.execute("DELETE FROM events WHERE version = 3")
    assert await found(verifier) == [("tail-missing", CASE, 3)]
    async with tampering(superuser):
        # The head is put back as well; its MAC cannot be.
        await superuser.execute("UPDATE heads SET version = 2, hash = $1", second.hash)
    assert await found(verifier) == [("head-forged", CASE, None)]


async def test_rows_beyond_the_end_are_found(store: EventStore, verifier: Verifier, superuser: Superuser) -> None:
    head = await a_case(store, length=1)
    stranger = EventStore(store.database, suite("international"), b"another key")
    await stranger.append(CASE, 1, head, some_events(CASE, 2, 1))
    assert await found(verifier) == [("head-forged", CASE, None)]
    kept = await superuser.fetchrow("SELECT * FROM heads")
    assert kept is not None
    async with tampering(superuser):
        await superuser.execute("DELETE FROM heads")
    assert await found(verifier) == [("extra", CASE, 1), ("extra", CASE, 2)]


async def test_an_event_slipped_in_after_the_head_is_found(
    store: EventStore, verifier: Verifier, superuser: Superuser
) -> None:
    head = await a_case(store, length=1)
    (extra,) = some_events(CASE, 2, 1)
    await superuser.execute(
        "INSERT INTO events (case_no, version, event_id, type, occurred_at, data, suite, previous_hash, hash)"
        " VALUES ($1, 2, $2, $3, $4, $5, 'international', $6, $7)",
        *(CASE, extra.event_id, extra.type, extra.occurred_at, extra.data, head),
        link(suite("international"), head, CASE, 2, extra),
    )
    assert await found(verifier) == [("extra", CASE, 2)]


async def test_a_whole_case_that_is_gone_is_found(
    database: Database, store: EventStore, verifier: Verifier, superuser: Superuser
) -> None:
    first, second = await start_a_case(database, "a"), await start_a_case(database, "b")
    for case_no in (first, second):
        await a_case(store, case_no)
    assert await found(verifier) == []
    async with tampering(superuser):
        await superuser.execute("DELETE FROM events WHERE case_no = $1", first)
    assert await found(verifier) == [("tail-missing", first, version) for version in (1, 2, 3)]
    async with tampering(superuser):
        await superuser.execute("DELETE FROM heads WHERE case_no = $1", first)
    assert await found(verifier) == [("case-missing", first, None)]
    assert await found(verifier, first) == [("case-missing", first, None)]
    async with tampering(superuser):
        await superuser.execute("DELETE FROM intake WHERE case_no = $1", first)
    assert await found(verifier) == [("number-missing", first, None)]


async def test_a_case_that_just_started_may_be_without_events(database: Database) -> None:
    await start_a_case(database, "a")
    verifier = Verifier(database, [suite("international")], HEAD_KEY)
    assert await verifier.verify() == []


async def test_a_case_erased_before_it_began_never_had_a_record(database: Database, verifier: Verifier) -> None:
    erased = await allocate_a_case(database, "a")
    await CaseKeys(database).destroy(erased)
    await Intake(database).mark_started([erased])
    assert await found(verifier) == []
    began = await start_a_case(database, "b")
    await CaseKeys(database).destroy(began)
    assert await found(verifier) == [("case-missing", began, None)]


def test_every_kind_of_finding_is_one_of_those_tested_here() -> None:
    assert {kind.value for kind in FindingKind} == {
        "changed",
        "missing",
        "extra",
        "tail-missing",
        "head-forged",
        "case-missing",
        "number-missing",
    }
