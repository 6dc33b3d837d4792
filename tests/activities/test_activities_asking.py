"""What an activity makes of a department's answer before anything of it is recorded."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue
from temporalio.exceptions import ApplicationError

from activities.asking import DepartmentActivities
from activities.models import FetchReply, FetchRequest
from activities.reckoning import Reckoning
from adapters.port import (
    Found,
    Purpose,
    SourceUnavailable,
    Standing,
    Submission,
    UndoOutcome,
    Unknown,
    UnknownCause,
)
from adapters.port import Lookup as Answer
from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.pool import Database
from one_things.plan import Lookup
from security.keys import MasterKeyRing
from security.suites import suite
from tests.event_store.given import CASE, OTHER_CASE

NUMBER = "company.social_insurance_number"
HELD: dict[str, JsonValue] = {"number": "4419000017"}
LOOKUP = Lookup(
    id="human-resources.employers",
    department="human-resources",
    dataset="employers",
    by="company.credit_code",
    fields={NUMBER: "number"},
)


class Holding:
    """A department that holds something, or does not answer, whoever asks."""

    code = "human-resources"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def submit(self, submission: Submission) -> Unknown:
        return Unknown(detail=f"{self.code} takes nothing")

    async def ask(self, key: str) -> Standing:
        return Unknown(detail=f"{self.code} takes nothing")

    async def undo(self, key: str, undo_key: str, reason: str) -> UndoOutcome:
        return Unknown(detail=f"{self.code} takes nothing")

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> Answer:
        return self._answer


@pytest.fixture
async def secrets(database: Database) -> CaseSecrets:
    keys = CaseKeys(database)
    secrets = CaseSecrets(keys, MasterKeyRing.generate("m1"))
    for case_no in (CASE, OTHER_CASE):
        await keys.put(case_no, secrets.new_key(case_no)[1])
    return secrets


async def fetch(secrets: CaseSecrets, answer: Answer, case_no: str = CASE) -> FetchReply:
    activities = DepartmentActivities(lambda _: Holding(answer), secrets, Reckoning(), "http://127.0.0.1/")
    return await activities.fetch_shared_data(FetchRequest(case_no=case_no, lookup=LOOKUP, sealed_fields=()))


async def test_the_digest_of_what_was_fetched_cannot_be_guessed_at(secrets: CaseSecrets) -> None:
    found = Found(fields=HELD, as_of=datetime(2026, 3, 2, tzinfo=UTC))

    reply = await fetch(secrets, found)

    assert reply.fields is not None
    assert await secrets.open_fields(CASE, [reply.fields]) == {NUMBER: HELD["number"]}
    written = json.dumps({NUMBER: HELD["number"]}, sort_keys=True, ensure_ascii=False).encode()
    assert suite("international").digest(written).hex() not in reply.digest
    assert reply.digest == (await secrets.commit(CASE, written, f"shared-data {LOOKUP.id}")).digest
    assert reply.digest == (await fetch(secrets, found)).digest
    assert reply.digest != (await fetch(secrets, found, OTHER_CASE)).digest


@pytest.mark.parametrize(
    ("cause", "kind"), [(UnknownCause.BUSY_HERE, "busy-here"), (UnknownCause.UNREACHABLE, "no-answer")]
)
async def test_our_own_queue_is_not_the_departments_silence(
    secrets: CaseSecrets, cause: UnknownCause, kind: str
) -> None:
    with pytest.raises(ApplicationError) as raised:
        await fetch(secrets, SourceUnavailable(detail="human-resources …", cause=cause))

    assert raised.value.type == kind
    assert not raised.value.non_retryable
