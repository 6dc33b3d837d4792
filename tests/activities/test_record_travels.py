"""Events that travel to the record with a submission: there before the department is asked, and never in its way."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.models import AppendRequest, EventToRecord, SubmitReply, SubmitRequest
from adapters.port import Done, NeverArrived, Standing, Submission
from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.pool import Database
from event_store.record import event_id
from event_store.store import EventStore
from one_things import commands
from security.keys import MasterKeyRing
from tests.activities.given import AWAY, department_activities
from tests.event_store.given import CASE, NOON

ITEM = "tax-clearance"


class Approving:
    """A department that approves at once and notes what the record held of the case when it was asked."""

    code = "tax"

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.on_record: list[int] = []

    async def submit(self, submission: Submission) -> Done:
        self.on_record.append(len(await self._store.read(CASE)))
        return Done(results=())

    async def ask(self, key: str) -> Standing:
        return NeverArrived()


@pytest.fixture
async def secrets(database: Database) -> CaseSecrets:
    keys = CaseKeys(database)
    secrets = CaseSecrets(keys, MasterKeyRing.generate("m1"))
    await keys.put(CASE, secrets.new_key(CASE)[1])
    return secrets


def batch(first: int, *notes: str, head: str = "") -> AppendRequest:
    events = tuple(EventToRecord(type="noted", at=NOON, data=f'{{"note": "{note}"}}') for note in notes)
    return AppendRequest(case_no=CASE, expected_version=first - 1, head=head, events=events)


async def submitted(
    secrets: CaseSecrets, department: Approving, record: Database, travelling: AppendRequest
) -> SubmitReply:
    request = SubmitRequest(
        case_no=CASE, item=ITEM, attempt=1, department="tax", fields=(), materials=(), sealed_fields=(),
        committed_days=10, notice=None, at=NOON, record=travelling,
    )  # fmt: skip
    activities = department_activities(secrets, department, record=record)
    return await ActivityEnvironment().run(activities.submit_item, request)


async def test_they_are_on_record_before_the_department_is_asked(
    secrets: CaseSecrets, database: Database, store: EventStore
) -> None:
    department = Approving(store)

    reply = await submitted(secrets, department, database, batch(1, "opened", "submitted"))
    again = await submitted(secrets, department, database, batch(1, "opened", "submitted", "accepted"))

    assert department.on_record == [2, 3]
    read = await store.read(CASE)
    assert [event.event_id for event in read] == [event_id(CASE, version) for version in (1, 2, 3)]
    assert reply.recorded is not None
    assert again.recorded is not None
    assert (reply.recorded.head, again.recorded.head) == (read[1].hash.hex(), read[2].hash.hex())


async def test_a_record_that_is_away_stands_in_nobodys_way(secrets: CaseSecrets, store: EventStore) -> None:
    department = Approving(store)

    reply = await submitted(secrets, department, AWAY, batch(1, "opened"))

    assert (reply.reply, reply.recorded) == (commands.Done(results=()), None)
    assert department.on_record == [0]


@pytest.mark.parametrize(
    "travelling",
    [
        pytest.param(batch(1, "another"), id="another event in its place"),
        pytest.param(batch(3, "later", head="00"), id="after the end"),
        pytest.param(batch(2, "a\\u0000"), id="what the record does not keep"),
    ],
)
async def test_what_the_record_refuses_stands_in_nobodys_way_either(
    secrets: CaseSecrets, database: Database, store: EventStore, travelling: AppendRequest
) -> None:
    department = Approving(store)
    await submitted(secrets, department, database, batch(1, "opened"))

    reply = await submitted(secrets, department, database, travelling)

    assert (reply.reply, reply.recorded) == (commands.Done(results=()), None)
    assert len(await store.read(CASE)) == 1


async def test_a_record_that_hangs_holds_a_submission_up_for_a_moment_only(
    secrets: CaseSecrets, database: Database, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.recording._ON_THE_WAY", 0.1)
    department = Approving(store)
    await submitted(secrets, department, database, batch(1, "opened"))
    first = (await store.read(CASE))[0]

    async with database.transaction() as connection:
        await connection.execute("SELECT 1 FROM heads WHERE case_no = $1 FOR UPDATE", CASE)
        reply = await submitted(secrets, department, database, batch(2, "submitted", head=first.hash.hex()))
        assert (reply.reply, reply.recorded) == (commands.Done(results=()), None)
    later = await submitted(secrets, department, database, batch(2, "submitted", head=first.hash.hex()))

    assert later.recorded is not None
    assert [event.version for event in await store.read(CASE)] == [1, 2]
