"""What an activity makes of an e-licence or a credit record before anything of it is recorded."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.looking_up import LookUpActivities
from activities.models import CreditReply, CreditRequest, LicenceReply, LicenceRequest
from adapters import port
from adapters.port import Found, LicenceFound, NotFound, Purpose, SourceUnavailable
from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.pool import Database
from one_things.commands import LicenceFails, LicenceStands
from one_things.licences import BASIS, Licence, LicenceFault, LicenceStatus
from one_things.plan import PlannedCreditCheck, PlannedLicence
from one_things.text import Text
from security.keys import MasterKeyRing
from tests.event_store.given import CASE
from tests.one_things.test_licences import IDENTIFIER, NAME, NUMBER

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PAPER = Text(zh="营业执照", en="Business licence")
PLANNED = PlannedLicence(
    material="business-licence",
    title=PAPER,
    department="market-regulation",
    type="business-licence",
    by="company.credit_code",
    holder="company.name",
    basis=BASIS,
)
CHECK = PlannedCreditCheck(
    department="credit-office",
    dataset="dishonesty-list",
    field="listed",
    by="company.credit_code",
    reason=PAPER,
    article="《测试规定》",
)
IN_FORCE = Licence(
    identifier=IDENTIFIER,
    type="business-licence",
    holder=NAME,
    holder_number=NUMBER,
    status=LicenceStatus.IN_FORCE,
    valid_from=date(2020, 1, 1),
)


class Source:
    """A department that answers every look-up so, and remembers what it was asked."""

    code = "market-regulation"

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.asked: list[tuple[dict[str, str], Purpose]] = []

    async def licence(self, type: str, subject: dict[str, str], purpose: Purpose) -> port.LicenceLookup:
        self.asked.append((subject, purpose))
        found: port.LicenceLookup = self._answer
        return found

    async def fetch(self, dataset: str, subject: dict[str, str], purpose: Purpose) -> port.Lookup:
        self.asked.append((subject, purpose))
        found: port.Lookup = self._answer
        return found


@pytest.fixture
async def secrets(database: Database) -> CaseSecrets:
    keys = CaseKeys(database)
    secrets = CaseSecrets(keys, MasterKeyRing.generate("m1"))
    await keys.put(CASE, secrets.new_key(CASE)[1])
    return secrets


async def look_up(secrets: CaseSecrets, source: Source) -> LicenceReply:
    form = await secrets.seal_fields(CASE, {"company.credit_code": NUMBER, "company.name": NAME, "contact.phone": "1"})
    request = LicenceRequest(case_no=CASE, owner="subject-1", licence=PLANNED, sealed_fields=(form,), at=NOW)
    activities: Any = LookUpActivities(lambda _: source, secrets)  # type: ignore[arg-type, return-value]
    reply: LicenceReply = await ActivityEnvironment().run(activities.look_up_licence, request)
    return reply


async def check(secrets: CaseSecrets, answer: Any) -> CreditReply:
    form = await secrets.seal_fields(CASE, {"company.credit_code": NUMBER})
    request = CreditRequest(case_no=CASE, item="courier-permit", check=CHECK, sealed_fields=(form,))
    activities: Any = LookUpActivities(lambda _: Source(answer), secrets)  # type: ignore[arg-type, return-value]
    reply: CreditReply = await ActivityEnvironment().run(activities.check_credit, request)
    return reply


async def test_a_verified_licence_leaves_its_identifier_sealed_and_a_digest_that_nobody_can_guess(
    secrets: CaseSecrets,
) -> None:
    source = Source(LicenceFound(licence=IN_FORCE, as_of=NOW))

    verdict = (await look_up(secrets, source)).verdict

    assert isinstance(verdict, LicenceStands)
    assert await secrets.open_text(CASE, verdict.reference) == IDENTIFIER
    assert not [told for told in (IDENTIFIER, NAME, NUMBER) if told in verdict.model_dump_json()]
    assert verdict == (await look_up(secrets, source)).verdict.model_copy(update={"reference": verdict.reference})
    ((subject, purpose), _) = source.asked
    assert subject == {"company.credit_code": NUMBER}, "nothing else is sent"
    assert (purpose.case_no, purpose.basis, purpose.authorised_by) == (CASE, BASIS, "subject-1")


async def test_a_licence_that_fails_says_why_and_nothing_more(secrets: CaseSecrets) -> None:
    revoked = IN_FORCE.model_copy(update={"status": LicenceStatus.REVOKED})

    verdict = (await look_up(secrets, Source(LicenceFound(licence=revoked, as_of=NOW)))).verdict

    assert isinstance(verdict, LicenceFails)
    assert verdict.fault is LicenceFault.NOT_IN_FORCE
    assert NAME not in verdict.model_dump_json()


async def test_none_held_is_an_answer_and_silence_is_none(secrets: CaseSecrets) -> None:
    verdict = (await look_up(secrets, Source(NotFound()))).verdict
    assert verdict == LicenceFails(fault=LicenceFault.NOT_HELD)
    with pytest.raises(ApplicationError) as raised:
        await look_up(secrets, Source(SourceUnavailable(detail="away")))
    assert raised.value.type == "no-answer"
    assert not raised.value.non_retryable


@pytest.mark.parametrize(("listed", "barred"), [(True, True), (False, False)])
async def test_a_credit_record_bars_or_does_not(secrets: CaseSecrets, listed: bool, barred: bool) -> None:
    reply = await check(secrets, Found(fields={"listed": listed}, as_of=NOW))

    assert reply.barred is barred
    assert reply.digest.count(":") == 1


async def test_nothing_held_is_a_clear_record_and_the_two_answers_have_different_digests(secrets: CaseSecrets) -> None:
    nothing = await check(secrets, NotFound())
    listed = await check(secrets, Found(fields={"listed": True}, as_of=NOW))

    assert not nothing.barred
    assert nothing.digest != listed.digest


@pytest.mark.parametrize("fields", [{}, {"listed": None}, {"listed": "no"}, {"listed": 0}])
async def test_a_record_that_says_neither_yes_nor_no_is_asked_again(
    secrets: CaseSecrets, fields: dict[str, Any]
) -> None:
    with pytest.raises(ApplicationError) as raised:
        await check(secrets, Found(fields=fields, as_of=NOW))
    assert raised.value.type == "no-answer"
