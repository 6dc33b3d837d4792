"""What every kind of department must keep to, whatever it is reached by. Each kind runs the whole suite."""

from collections.abc import AsyncIterator

import pytest

from adapters.directory import open_directory
from adapters.port import (
    DepartmentPort,
    Done,
    Found,
    LicenceFound,
    NeedsCorrection,
    NeverArrived,
    NotFound,
    Purpose,
    Refused,
    SourceUnavailable,
    Taken,
    Unknown,
    UnknownCause,
    undo_key_of,
)
from adapters.sandbox.behaviours import (
    Behaviour,
    Callback,
    Correction,
    Down,
    ErrorForCalls,
    Instant,
    LostReply,
    Refuse,
    Silent,
)
from adapters.submit_or_ask import submit_or_ask, undo_or_ask
from one_things.licences import LicenceStatus
from tests.contract.control import Control
from tests.contract.given import CREDIT_CODE, credit_code, purpose, submission
from tests.contract.inbox import Inbox
from tests.contract.kinds import KINDS, Can, KindUnderTest, needs
from tests.contract.sandbox_process import SandboxProcess

ITEM = "tax-clearance"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        kinds = [kind for kind in KINDS if kind.is_for(metafunc.function)]
        metafunc.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


@pytest.fixture
async def port(kind: KindUnderTest, sandbox: SandboxProcess) -> AsyncIterator[DepartmentPort]:
    """The tax department, by each kind of port."""
    async with open_directory([sandbox.connection("tax", **kind.entry)]) as directory:
        yield directory.port("tax")


async def _behave(control: Control, behaviour: Behaviour) -> None:
    await control.scenario(behaviour, subject=CREDIT_CODE, item=ITEM)


@needs(Can.ANSWER_AT_ONCE)
async def test_done_at_once_comes_with_the_results(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Instant())
    outcome = await port.submit(submission(inbox, case_no))
    assert isinstance(outcome, Done)
    (result,) = outcome.results
    assert result.title.zh == "清税证明"
    assert result.reference


@needs(Can.DECIDE_LATER, Can.CALL_BACK)
async def test_taken_is_decided_by_callback(port: DepartmentPort, inbox: Inbox, case_no: str, control: Control) -> None:
    await _behave(control, Callback(delay_seconds=0.05))
    outcome = await port.submit(submission(inbox, case_no))
    assert isinstance(outcome, Taken)
    assert outcome.reference
    (decision,) = await inbox.wait_for(case_no)
    assert (decision.department, decision.body["verdict"], decision.body["attempt"]) == ("tax", "approved", 1)


@needs(Can.ANSWER_AT_ONCE)
async def test_a_refusal_has_its_code_reason_and_article(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Refuse(code="owes-tax", reason="尚有未结清税款", article="税收征收管理法第十六条"))
    outcome = await port.submit(submission(inbox, case_no))
    assert outcome == Refused(code="owes-tax", reason="尚有未结清税款", article="税收征收管理法第十六条")


@needs(Can.DECIDE_LATER)
async def test_corrections_are_named_and_the_next_attempt_goes_through(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Correction())
    outcome = await port.submit(submission(inbox, case_no))
    assert isinstance(outcome, NeedsCorrection)
    assert outcome.points[0].field_or_material == "application"
    assert isinstance(await port.submit(submission(inbox, case_no, attempt=2)), Taken)


@needs(Can.DECIDE_LATER)
async def test_the_same_key_again_has_the_first_answer_and_no_second_effect(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Silent())
    first = await port.submit(submission(inbox, case_no))
    await _behave(control, Instant())
    assert await port.submit(submission(inbox, case_no)) == first
    (seen,) = (await control.journal(case_no)).keys
    assert (seen.times, seen.effects) == (2, 1)


@needs(Can.DECIDE_LATER)
async def test_the_same_key_with_another_body_is_not_known(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Silent())
    await port.submit(submission(inbox, case_no))
    outcome = await port.submit(submission(inbox, case_no, employees=3))
    assert isinstance(outcome, Unknown)
    assert outcome.cause is UnknownCause.KEY_CONFLICT
    assert isinstance(await port.ask(submission(inbox, case_no).key), Taken)


@needs(Can.DECIDE_LATER)
async def test_a_lost_reply_is_asked_for_and_never_sent_again(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, LostReply(delay_seconds=60))
    outcome = await submit_or_ask(port, submission(inbox, case_no), earlier_unknown=False)
    assert isinstance(outcome, Unknown)
    assert outcome.cause is UnknownCause.CONNECTION_BROKEN
    assert isinstance(await submit_or_ask(port, submission(inbox, case_no), earlier_unknown=True), Taken)
    journal = await control.journal(case_no)
    assert [(seen.times, seen.effects) for seen in journal.keys] == [(1, 1)]
    assert [(call.kind, call.status) for call in journal.calls] == [("submit", 0), ("ask", 202)]


@needs(Can.DECIDE_LATER)
async def test_what_never_arrived_is_sent_again(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, ErrorForCalls(calls=1))
    outcome = await submit_or_ask(port, submission(inbox, case_no), earlier_unknown=False)
    assert isinstance(outcome, Unknown)
    assert isinstance(await port.ask(submission(inbox, case_no).key), NeverArrived)
    assert isinstance(await submit_or_ask(port, submission(inbox, case_no), earlier_unknown=True), Taken)
    (seen,) = (await control.journal(case_no)).keys
    assert (seen.times, seen.effects) == (2, 1)


async def test_a_department_that_is_down_says_nothing_about_anything(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.department("tax", Down())
    wanted = submission(inbox, case_no)
    assert isinstance(await port.submit(wanted), Unknown)
    assert isinstance(await port.ask(wanted.key), Unknown)
    assert isinstance(await port.undo(wanted.key, undo_key_of(wanted.key), "withdrawn"), Unknown)
    lookup = await port.fetch("tax-clearance-status", {"company.credit_code": CREDIT_CODE}, purpose(case_no))
    assert isinstance(lookup, SourceUnavailable)


@needs(Can.DECIDE_LATER)
async def test_asking_tells_the_decision_once_it_is_made(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Silent())
    wanted = submission(inbox, case_no)
    await port.submit(wanted)
    assert isinstance(await port.ask(wanted.key), Taken)
    await control.decide(case_no, ITEM, verdict="refused", code="owes-tax", reason="尚有未结清税款")
    assert await port.ask(wanted.key) == Refused(code="owes-tax", reason="尚有未结清税款")


async def test_undoing_happens_once_and_stops_the_decision(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await _behave(control, Callback(delay_seconds=60))
    wanted = submission(inbox, case_no)
    await port.submit(wanted)
    undo_key = undo_key_of(wanted.key)
    assert isinstance(await port.undo(wanted.key, undo_key, "withdrawn"), Done)
    assert isinstance(await port.undo(wanted.key, undo_key, "withdrawn"), Done)
    journal = await control.journal(case_no)
    assert [(seen.kind, seen.times, seen.effects) for seen in journal.keys] == [("submit", 1, 1), ("undo", 2, 1)]
    assert [decision.state for decision in journal.decisions] == ["withdrawn"]
    assert isinstance(await port.ask(wanted.key), Refused)


async def test_what_was_undone_before_it_arrived_can_no_longer_arrive(
    port: DepartmentPort, inbox: Inbox, case_no: str
) -> None:
    wanted = submission(inbox, case_no)
    assert isinstance(await port.undo(wanted.key, undo_key_of(wanted.key), "withdrawn"), Done)
    outcome = await port.submit(wanted)
    assert isinstance(outcome, Refused)
    assert outcome.code == "undone"


async def test_an_undoing_can_be_refused(port: DepartmentPort, control: Control, inbox: Inbox, case_no: str) -> None:
    await control.scenario(
        Refuse(code="final", reason="登记完成后不可撤回"), subject=CREDIT_CODE, item=ITEM, operation="undo"
    )
    wanted = submission(inbox, case_no)
    await port.submit(wanted)
    assert await port.undo(wanted.key, undo_key_of(wanted.key), "withdrawn") == Refused(
        code="final", reason="登记完成后不可撤回"
    )


async def test_an_undoing_with_a_lost_reply_is_asked_for(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(LostReply(delay_seconds=60), subject=CREDIT_CODE, item=ITEM, operation="undo")
    wanted = submission(inbox, case_no)
    await port.submit(wanted)
    undo_key = undo_key_of(wanted.key)
    first = await undo_or_ask(port, wanted.key, undo_key, "withdrawn", earlier_unknown=False)
    assert isinstance(first, Unknown)
    assert isinstance(await undo_or_ask(port, wanted.key, undo_key, "withdrawn", earlier_unknown=True), Taken)
    assert [(seen.kind, seen.times) for seen in (await control.journal(case_no)).keys] == [("submit", 1), ("undo", 1)]


async def test_an_undoing_that_takes_time_is_told_to_who_asks_and_never_sent_as_a_decision(
    port: DepartmentPort, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Callback(delay_seconds=0), subject=CREDIT_CODE, item=ITEM, operation="undo")
    wanted = submission(inbox, case_no)
    await _behave(control, Silent())
    await port.submit(wanted)
    undo_key = undo_key_of(wanted.key)
    assert isinstance(await port.undo(wanted.key, undo_key, "withdrawn"), Taken)
    assert await undo_or_ask(port, wanted.key, undo_key, "withdrawn", earlier_unknown=True) == Done()
    assert [decision.state for decision in (await control.journal(case_no)).decisions] == ["unsent"]
    assert inbox.of(case_no) == []


@needs(Can.BE_LOOKED_UP)
async def test_looking_up_what_is_held_and_what_is_not(port: DepartmentPort, case_no: str, control: Control) -> None:
    subject = {"company.credit_code": CREDIT_CODE}
    found = await port.fetch("tax-clearance-status", subject, purpose(case_no))
    assert isinstance(found, Found)
    assert found.fields["cleared"] is True
    assert isinstance(await port.fetch("no-such-data", subject, purpose(case_no)), NotFound)
    wrong = CREDIT_CODE[:-1] + ("0" if CREDIT_CODE[-1] != "0" else "1")
    assert isinstance(
        await port.fetch("tax-clearance-status", {"company.credit_code": wrong}, purpose(case_no)), NotFound
    )
    assert {call.kind for call in (await control.journal(case_no)).calls} >= {"look-up tax-clearance-status"}


@needs(Can.BE_LOOKED_UP)
async def test_looking_up_while_the_source_is_away_is_not_an_empty_answer(
    port: DepartmentPort, control: Control, case_no: str
) -> None:
    other = credit_code(77)
    await control.record("tax", "tax-clearance-status", other, {"entry": "unavailable"})
    lookup = await port.fetch("tax-clearance-status", {"company.credit_code": other}, purpose(case_no))
    assert isinstance(lookup, SourceUnavailable)
    await control.record("tax", "tax-clearance-status", other, {"entry": "set", "fields": {"cleared": False}})
    found = await port.fetch("tax-clearance-status", {"company.credit_code": other}, purpose(case_no))
    assert isinstance(found, Found)
    assert found.fields["cleared"] is False
    assert found.fields["owed_cents"] == 0


@needs(Can.BE_LOOKED_UP)
async def test_a_licence_that_is_held_that_is_not_and_that_cannot_be_said(
    port: DepartmentPort, control: Control, case_no: str
) -> None:
    subject = {"company.credit_code": credit_code(78)}
    allowed = Purpose(case_no=case_no, basis="国务院关于在线政务服务的若干规定第十条", authorised_by="applicant-1")
    assert isinstance(await port.licence("tax-certificate", subject, allowed), NotFound)
    held = {
        "identifier": "1.2.156.3005.2.TAX.TAX.SIM000078.001.Y",
        "type": "tax-certificate",
        "holder": "测试企业甲有限公司",
        "holder_number": credit_code(78),
        "status": "suspended",
        "valid_from": "2020-01-01",
    }
    place = ("tax", "licence:tax-certificate", credit_code(78))
    await control.record(*place, {"entry": "set", "fields": held})
    found = await port.licence("tax-certificate", subject, allowed)
    assert isinstance(found, LicenceFound)
    assert (found.licence.status, found.licence.valid_until) == (LicenceStatus.SUSPENDED, None)
    await control.record(*place, {"entry": "set", "fields": {**held, "status": "who knows"}})
    unreadable = await port.licence("tax-certificate", subject, allowed)
    assert isinstance(unreadable, SourceUnavailable), "what cannot be read is never a licence, nor none"
    assert unreadable.cause is UnknownCause.ANSWER_UNREADABLE
    await control.record(*place, {"entry": "unavailable"})
    assert isinstance(await port.licence("tax-certificate", subject, allowed), SourceUnavailable)
    assert {call.kind for call in (await control.journal(case_no)).calls} == {"licence tax-certificate"}
