"""Case numbers without gaps, once per request, together with everything that starts the case."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from event_store.case_keys import CaseKeys
from event_store.errors import IdempotencyConflict, UnknownCase
from event_store.intake import CaseRequest, CaseStart, Intake
from event_store.pool import Database


def a_request(key: str = "key-1", **changes: object) -> CaseRequest:
    values = {"owner": "subject-1", "body_digest": b"digest", "city": "4419", "year": 2026, **changes}
    return CaseRequest.model_validate({"idempotency_key": key, **values})


async def prepare(case_no: str) -> CaseStart:
    return CaseStart(
        wrapped_key=f"key of {case_no}".encode(),
        workflow_type="enterprise-exit",
        payload=f"start of {case_no}".encode(),
    )


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database)


async def test_a_request_becomes_a_case_with_everything_that_starts_it(intake: Intake, database: Database) -> None:
    allocation = await intake.allocate(a_request(), prepare)
    assert (allocation.case_no, allocation.repeated) == ("4419-2026-000001", False)
    assert await CaseKeys(database).get(allocation.case_no) == b"key of 4419-2026-000001"
    (pending,) = await intake.unstarted()
    assert (pending.case_no, pending.workflow_type) == ("4419-2026-000001", "enterprise-exit")
    assert pending.payload == b"start of 4419-2026-000001"


async def test_the_same_request_gets_the_same_case(intake: Intake) -> None:
    first = await intake.allocate(a_request(), prepare)
    again = await intake.allocate(a_request(), prepare)
    assert (again.case_no, again.repeated) == (first.case_no, True)
    assert (await intake.allocate(a_request("key-2"), prepare)).case_no == "4419-2026-000002"


async def test_a_key_used_again_for_another_body_is_refused(intake: Intake) -> None:
    await intake.allocate(a_request(), prepare)
    with pytest.raises(IdempotencyConflict) as refused:
        await intake.allocate(a_request(body_digest=b"other"), prepare)
    assert refused.value.code == "idempotency-conflict"


async def test_keys_of_different_owners_have_nothing_to_do_with_each_other(intake: Intake) -> None:
    first = await intake.allocate(a_request(), prepare)
    other = await intake.allocate(a_request(owner="subject-2", body_digest=b"other"), prepare)
    assert first.case_no != other.case_no


async def test_every_city_and_year_counts_for_itself(intake: Intake) -> None:
    requests = [("4419", 2026), ("4403", 2026), ("4419", 2027), ("4419", 2026)]
    numbers = [
        (await intake.allocate(a_request(f"key-{place}", city=city, year=year), prepare)).case_no
        for place, (city, year) in enumerate(requests)
    ]
    assert numbers == ["4419-2026-000001", "4403-2026-000001", "4419-2027-000001", "4419-2026-000002"]


async def test_what_fails_leaves_neither_a_gap_nor_a_trace(intake: Intake, database: Database) -> None:
    async def fail(case_no: str) -> CaseStart:
        raise RuntimeError(case_no)

    with pytest.raises(RuntimeError, match="000001"):
        await intake.allocate(a_request(), fail)
    assert await intake.unstarted() == []
    with pytest.raises(UnknownCase):
        await CaseKeys(database).get("4419-2026-000001")
    allocation = await intake.allocate(a_request(), prepare)
    assert (allocation.case_no, allocation.repeated) == ("4419-2026-000001", False)


async def test_many_at_once_with_failures_leave_no_gap(
    intake: Intake, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async def prepare_or_fail(case_no: str) -> CaseStart:
        await asyncio.sleep(0)
        if int(case_no[-6:]) % 3 == 0 and next(failures, None) is not None:
            raise RuntimeError("this one fails")
        return await prepare(case_no)

    failures = iter(range(15))
    outcomes = await asyncio.gather(
        *(intake.allocate(a_request(f"key-{number}"), prepare_or_fail) for number in range(60)), return_exceptions=True
    )
    numbers = sorted(outcome.case_no for outcome in outcomes if not isinstance(outcome, BaseException))
    assert sum(isinstance(outcome, RuntimeError) for outcome in outcomes) == 15
    assert numbers == [f"4419-2026-{serial:06d}" for serial in range(1, 46)]
    assert await superuser.fetchval("SELECT last FROM case_counters") == 45
    assert await superuser.fetchval("SELECT count(*) FROM intake") == 45


async def test_twins_of_a_request_that_run_at_the_same_time_get_one_case(
    intake: Intake, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    allocations = await asyncio.gather(*(intake.allocate(a_request(), prepare) for _ in range(10)))
    assert {allocation.case_no for allocation in allocations} == {"4419-2026-000001"}
    assert sum(not allocation.repeated for allocation in allocations) == 1
    assert await superuser.fetchval("SELECT last FROM case_counters") == 1


async def test_a_started_case_leaves_the_outbox_and_its_start_is_gone(
    intake: Intake, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    case_no = (await intake.allocate(a_request(), prepare)).case_no
    await intake.mark_started([case_no])
    started_at = await superuser.fetchval("SELECT started_at FROM intake")
    assert started_at is not None
    await intake.mark_started([case_no])
    assert await superuser.fetchval("SELECT started_at FROM intake") == started_at
    assert await intake.unstarted() == []
    assert await superuser.fetchval("SELECT count(*) FROM workflow_starts") == 0
    with pytest.raises(UnknownCase):
        await intake.mark_started([case_no, "4419-2026-999999"])


async def test_only_starts_that_waited_long_enough_are_left_over(intake: Intake) -> None:
    first = (await intake.allocate(a_request("a"), prepare)).case_no
    second = (await intake.allocate(a_request("b"), prepare)).case_no
    assert await intake.unstarted(timedelta(hours=1)) == []
    assert [pending.case_no for pending in await intake.unstarted()] == [first, second]
    assert [pending.case_no for pending in await intake.unstarted(limit=1)] == [first]
