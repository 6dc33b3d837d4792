"""Several items submitted by one activity: each has its own answer, and nobody's failure or silence is another's."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.asking import DepartmentActivities
from activities.models import SubmitRequest
from activities.reckoning import Reckoning
from activities.submitting_together import TogetherActivities
from activities.together import SubmitTogetherReply, SubmitTogetherRequest, Unanswered
from adapters.port import DepartmentPort, Done, Outcome, Refused, Submission, Unknown, UnknownCause
from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.pool import Database
from one_things.sealed import Sealed
from security.keys import MasterKeyRing
from tests.event_store.given import CASE

FIELD = "company.name"


class Answering:
    """A department that answers a submission in its own way, and notes what it was sent."""

    def __init__(self, code: str, answer: Outcome | Exception | None) -> None:
        self.code = code
        self.submitted: list[Submission] = []
        self.given_up = False
        self._answer = answer

    async def submit(self, submission: Submission) -> Outcome:
        self.submitted.append(submission)
        if self._answer is None:
            try:
                await asyncio.Event().wait()
            finally:
                self.given_up = True
        if isinstance(self._answer, Exception):
            raise self._answer
        assert self._answer is not None
        return self._answer


@pytest.fixture
async def secrets(database: Database) -> CaseSecrets:
    keys = CaseKeys(database)
    secrets = CaseSecrets(keys, MasterKeyRing.generate("m1"))
    await keys.put(CASE, secrets.new_key(CASE)[1])
    return secrets


def request_to(department: str, *sealed: Sealed) -> SubmitRequest:
    return SubmitRequest(
        case_no=CASE,
        item=f"item-of-{department}",
        attempt=1,
        department=department,
        fields=(FIELD,),
        materials=(),
        sealed_fields=sealed,
        committed_days=None,
        notice=None,
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )


async def submit(
    secrets: CaseSecrets,
    departments: Mapping[str, Answering],
    *sealed: Sealed,
    is_slow: Callable[[str], bool] = lambda _: False,
    patience_seconds: float = 60.0,
) -> SubmitTogetherReply:
    def find(code: str) -> DepartmentPort:
        return departments[code]  # type: ignore[return-value] # submissions are all that is asked here

    asked = DepartmentActivities(find, secrets, Reckoning(), "http://127.0.0.1/")
    activities = TogetherActivities(asked, is_slow, patience_seconds)
    request = SubmitTogetherRequest.of([request_to(code, *sealed) for code in departments])
    return await ActivityEnvironment().run(activities.submit_together, request)


def departments(**answers: Outcome | Exception | None) -> dict[str, Answering]:
    return {code: Answering(code, answer) for code, answer in answers.items()}


async def test_each_item_hears_what_its_own_department_said(secrets: CaseSecrets) -> None:
    asked = departments(
        tax=Done(),
        customs=Refused(code="arrears", reason="尚有欠税"),
        bank=Unknown(detail="bank is away", cause=UnknownCause.UNREACHABLE),
        commerce=Unknown(detail="all lanes are taken", cause=UnknownCause.BUSY_HERE),
    )
    sealed = await secrets.seal_fields(CASE, {FIELD: "某公司"})

    tax, customs, bank, commerce = (await submit(secrets, asked, sealed)).replies

    assert tax.reply is not None
    assert tax.reply.reply == "done"
    assert customs.reply is not None
    assert customs.reply.reply == "refused"
    assert (bank.reply, bank.unanswered) == (None, Unanswered.NO_ANSWER)
    assert (commerce.reply, commerce.unanswered) == (None, Unanswered.BUSY_HERE)
    for code, department in asked.items():
        (submission,) = department.submitted
        assert (submission.key, submission.fields) == (f"{CASE}:item-of-{code}:1", {FIELD: "某公司"})


@pytest.mark.parametrize("fault", [RuntimeError("a defect"), ApplicationError("no store", type="store-away")])
async def test_a_step_of_ours_that_fails_costs_nobody_elses_answer(secrets: CaseSecrets, fault: Exception) -> None:
    failed, done = (await submit(secrets, departments(tax=fault, customs=Done()))).replies

    assert (failed.reply, failed.unanswered) == (None, Unanswered.FAILED_HERE)
    assert done.reply is not None


async def test_who_hangs_has_given_no_answer_and_is_waited_for_no_longer(secrets: CaseSecrets) -> None:
    asked = departments(tax=None, customs=Done())

    hanging, done = (await submit(secrets, asked, patience_seconds=0.2)).replies

    assert hanging.unanswered is Unanswered.NO_ANSWER
    assert done.reply is not None
    assert asked["tax"].given_up


async def test_who_was_slow_is_not_asked_in_company(secrets: CaseSecrets) -> None:
    asked = departments(tax=None, customs=Done())

    slow, done = (await submit(secrets, asked, is_slow=lambda code: code == "tax")).replies

    assert slow.unanswered is Unanswered.NOT_IN_COMPANY
    assert done.reply is not None
    assert asked["tax"].submitted == []


def test_what_is_sealed_for_all_travels_once() -> None:
    form, correction, fact = (Sealed(suite="international", data=data) for data in ("form", "correction", "fact"))
    requests = [request_to("tax", form, correction), request_to("customs", fact, form, correction)]

    together = SubmitTogetherRequest.of(requests)

    assert together.common_fields == (form, correction)
    assert [one.sealed_fields for one in together.submissions] == [(), (fact,)]
    assert list(together.each) == requests


def test_what_has_nothing_in_common_keeps_what_it_has() -> None:
    form, other = (Sealed(suite="international", data=data) for data in ("form", "other"))
    requests = [request_to("tax", form), request_to("customs", other)]

    assert SubmitTogetherRequest.of(requests).common_fields == ()
    assert list(SubmitTogetherRequest.of(requests).each) == requests
