"""What was looked up is used again while it is fresh, for the same purpose; and whoever asks at once costs one call."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from activities.sources import Question, Sources
from adapters import port
from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.look_up_cache import LookUpCache
from event_store.pool import Database
from observability import metrics
from security.keys import MasterKeyRing
from security.sealing import CaseKeyErased
from tests.event_store.given import CASE

NUMBER = "91441900MA000004XT"
OTHER_CASE = "4419-2026-000099"
NAME = "测试企业丁有限公司"
AWAY = port.SourceUnavailable(detail="away")


def question(case_no: str = CASE, number: str = NUMBER, **purpose: Any) -> Question:
    return Question(
        department="market-regulation",
        kind="shared_data",
        source="enterprise-basic",
        by="company.credit_code",
        number=number,
        purpose=port.Purpose(**{"case_no": case_no, "basis": "政务数据共享条例", **purpose}),
        fields=("name",),
    )


def found(age: timedelta = timedelta()) -> port.Found:
    return port.Found(fields={"name": NAME}, as_of=datetime.now(UTC) - age)


class Source:
    """A department that counts what it is asked, and takes its time."""

    code = "market-regulation"

    def __init__(self) -> None:
        self.answer: port.Lookup = found()
        self.asked = 0

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: port.Purpose) -> port.Lookup:
        self.asked += 1
        await asyncio.sleep(0.1)
        return self.answer


@pytest.fixture
async def secrets(database: Database) -> CaseSecrets:
    keys = CaseKeys(database)
    secrets = CaseSecrets(keys, MasterKeyRing.generate("m1"))
    for case_no in (CASE, OTHER_CASE):
        await keys.put(case_no, secrets.new_key(case_no)[1])
    return secrets


@pytest.fixture
def source() -> Source:
    return Source()


def sources(source: Source, secrets: CaseSecrets, database: Database, seconds: int = 3600) -> Sources:
    def find(_: str) -> Any:
        return source

    return Sources(find, secrets, LookUpCache(database), lambda _department, _source: seconds)


async def test_what_is_fresh_is_not_asked_again_and_the_record_says_so(
    source: Source, secrets: CaseSecrets, database: Database
) -> None:
    first, cached = await sources(source, secrets, database).fetch(question())
    assert (cached, question().noted(found(), cached=cached).cached) == (False, False)
    again, cached = await sources(source, secrets, database).fetch(question())  # another worker
    assert (again, cached, source.asked) == (first, True, 1)
    assert question().noted(found(), cached=cached).cached


async def test_without_a_rule_every_question_is_asked(source: Source, secrets: CaseSecrets, database: Database) -> None:
    for _ in range(2):
        assert (await sources(source, secrets, database, seconds=0).fetch(question()))[1] is False
    assert source.asked == 2


@pytest.mark.parametrize(
    "another",
    [
        question(OTHER_CASE),
        question(number="91110000600037341L"),
        question(item="tax-clearance"),
        question(basis="另一依据"),
        question(authorised_by="applicant-1"),
    ],
    ids=["case", "person", "item", "basis", "authorisation"],
)
async def test_nothing_is_served_for_another_purpose(
    source: Source, secrets: CaseSecrets, database: Database, another: Question
) -> None:
    asking = sources(source, secrets, database)
    await asking.fetch(question())
    assert (await asking.fetch(another))[1] is False
    assert source.asked == 2


async def test_what_is_stale_is_never_served_not_even_while_the_source_is_down(
    source: Source, secrets: CaseSecrets, database: Database
) -> None:
    asking = sources(source, secrets, database)
    source.answer = found(age=timedelta(hours=2))
    await asking.fetch(question())
    source.answer = AWAY
    assert await asking.fetch(question()) == (AWAY, False)
    assert source.asked == 2


async def test_who_asks_at_once_shares_one_call(source: Source, secrets: CaseSecrets, database: Database) -> None:
    workers = [sources(source, secrets, database) for _ in range(4)]
    answers = await asyncio.gather(*(worker.fetch(question()) for worker in workers))
    assert source.asked == 1
    assert sorted(cached for _, cached in answers) == [False, True, True, True]
    assert {answer.answer for answer, _ in answers} == {"found"}


async def test_who_waited_for_a_source_that_is_down_asks_itself(
    source: Source, secrets: CaseSecrets, database: Database
) -> None:
    source.answer = AWAY
    asking = sources(source, secrets, database)
    answers = await asyncio.gather(asking.fetch(question()), asking.fetch(question()))
    assert answers == [(AWAY, False), (AWAY, False)]
    source.answer = found()
    assert isinstance((await asking.fetch(question()))[0], port.Found), "nothing keeps the next one waiting"


async def test_that_nothing_is_held_is_asked_anew(source: Source, secrets: CaseSecrets, database: Database) -> None:
    source.answer = port.NotFound()
    asking = sources(source, secrets, database)
    await asking.fetch(question())
    source.answer = found()
    assert isinstance((await asking.fetch(question()))[0], port.Found)


async def test_what_is_kept_is_sealed_and_is_gone_with_the_key_of_the_case(
    source: Source, secrets: CaseSecrets, database: Database, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await sources(source, secrets, database).fetch(question())
    [row] = await superuser.fetch("SELECT case_no, key, sealed FROM look_up_cache")
    for secret in (NUMBER, NAME):
        assert secret not in row["key"]
        assert secret.encode() not in row["sealed"]
    await CaseKeys(database).destroy(CASE)
    secrets._held.clear()
    with pytest.raises(CaseKeyErased):
        await sources(source, secrets, database).fetch(question())


async def test_a_turn_that_a_killed_worker_never_used_is_the_next_ones(
    source: Source, secrets: CaseSecrets, database: Database, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    asking = sources(source, secrets, database)
    await LookUpCache(database).take(CASE, await asking._key(question()))
    await superuser.execute("UPDATE look_up_cache SET over_at = now() - interval '1 second'")
    assert (await asking.fetch(question()))[1] is False
    assert (await asking.fetch(question()))[1] is True


def counted(kind: str, answer: str, origin: str) -> float:
    """So many look-ups at the source ended so, in this process."""
    labels = {"department": "market-regulation", "kind": kind, "answer": answer, "origin": origin}
    return metrics.REGISTRY.get_sample_value("onething_look_ups_total", labels) or 0


async def test_each_look_up_is_counted_by_its_answer_and_where_that_came_from(
    source: Source, secrets: CaseSecrets, database: Database
) -> None:
    asking = sources(source, secrets, database)
    credit = question(number="91441900MA00000501")._replace(kind="credit", fields=("barred",))
    ways = [
        ("shared_data", "found", "department"),
        ("shared_data", "found", "cache"),
        ("shared_data", "not_found", "department"),
        ("shared_data", "unanswered", "department"),
        ("credit", "unclear", "department"),
    ]
    before = {way: counted(*way) for way in ways}
    await asking.fetch(question())
    await asking.fetch(question())
    await asking.fetch(credit)
    source.answer = port.NotFound()
    await asking.fetch(question(number="91441900MA00000502"))
    source.answer = AWAY
    await asking.fetch(question(number="91441900MA00000503"))
    assert {way: counted(*way) - before[way] for way in ways} == dict.fromkeys(ways, 1)
