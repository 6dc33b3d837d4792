"""How the sandbox sends decisions: signed, in every disorder that real departments show, and across a kill."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from adapters.directory import DepartmentDirectory, open_directory
from adapters.port import Done, Taken, Unknown, UnknownCause
from adapters.sandbox.behaviours import Callback, Correction, Late, Objection, OutOfOrder, Refuse, Silent, Twice
from security.signatures import verify
from security.signing_keys import SigningKey
from tests.contract.control import Control
from tests.contract.given import CREDIT_CODE, submission
from tests.contract.inbox import Inbox
from tests.contract.sandbox_process import CONTROL_TOKEN, SandboxProcess, credential_of

ITEM = "tax-clearance"


async def test_a_decision_is_signed_with_the_departments_key(
    directory: DepartmentDirectory, inbox: Inbox, case_no: str, signing_keys: dict[str, SigningKey]
) -> None:
    await directory.port("tax").submit(submission(inbox, case_no))
    (decision,) = await inbox.wait_for(case_no)
    key = signing_keys["tax"].verification_key()
    proved = verify(
        "POST", decision.url, decision.headers, decision.raw, lambda key_id: key if key_id == key.id else None
    )
    assert proved.key_id == "tax.1"
    assert decision.headers["x-sandbox"] == "simulation"


async def test_the_trace_goes_to_the_department_and_comes_back(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    span = NonRecordingSpan(SpanContext(0x1234567890ABCDEF1234567890ABCDEF, 0x1234567890ABCDEF, False, TraceFlags(1)))
    token = context.attach(trace.set_span_in_context(span))
    try:
        await directory.port("tax").submit(submission(inbox, case_no))
    finally:
        context.detach(token)
    expected = "00-1234567890abcdef1234567890abcdef-1234567890abcdef-01"
    (decision,) = await inbox.wait_for(case_no)
    assert decision.headers["traceparent"] == expected
    assert (await control.journal(case_no)).keys[0].traceparents == (expected,)


async def test_the_same_decision_can_come_twice(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    await control.scenario(Twice(delay_seconds=0, gap_seconds=0.05), subject=CREDIT_CODE, item=ITEM)
    await directory.port("tax").submit(submission(inbox, case_no))
    first, second = await inbox.wait_for(case_no, 2)
    assert first.raw == second.raw


async def test_a_decision_can_overtake_the_reply(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    await control.scenario(OutOfOrder(), subject=CREDIT_CODE, item=ITEM)
    outcome = await directory.port("tax").submit(submission(inbox, case_no))
    assert isinstance(outcome, Taken)
    assert len(inbox.of(case_no)) == 1


async def test_a_late_decision_stays_away_until_its_time(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    await control.scenario(Late(), item=ITEM)
    assert isinstance(await directory.port("tax").submit(submission(inbox, case_no)), Taken)
    (decision,) = (await control.journal(case_no)).decisions
    (call,) = (await control.journal(case_no)).calls
    assert (decision.state, decision.sendings) == ("open", ())
    assert (decision.due_at - call.at).total_seconds() > 25


async def test_refusal_and_correction_by_callback(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    port = directory.port("tax")
    await control.scenario(Correction(delay_seconds=0), subject=CREDIT_CODE, item=ITEM)
    await port.submit(submission(inbox, case_no))
    (correction,) = await inbox.wait_for(case_no)
    assert correction.body["verdict"] == "correction"
    assert correction.body["points"][0]["code"] == "incomplete"
    await control.scenario(Refuse(code="owes-tax", delay_seconds=0), subject=CREDIT_CODE, item=ITEM)
    await port.submit(submission(inbox, case_no, attempt=2))
    _, refusal = await inbox.wait_for(case_no, 2)
    assert (refusal.body["verdict"], refusal.body["code"], refusal.body["attempt"]) == ("refused", "owes-tax", 2)


async def test_a_notice_runs_in_silence_and_an_objection_stops_it(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    port = directory.port("market-regulation")
    silent = submission(inbox, case_no, department="market-regulation", item="general-notice")
    assert isinstance(await port.submit(silent), Taken)
    assert (await control.journal(case_no)).decisions == ()
    await control.scenario(Objection(delay_seconds=0), subject=CREDIT_CODE, item="general-notice")
    await port.submit(submission(inbox, case_no, department="market-regulation", item="general-notice", attempt=2))
    (decision,) = await inbox.wait_for(case_no)
    assert decision.body["verdict"] == "objection"
    assert decision.body["reason"]


async def test_a_silent_department_decides_when_it_is_told(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    await control.scenario(Silent(), subject=CREDIT_CODE)
    await directory.port("tax").submit(submission(inbox, case_no))
    decision_id = await control.decide(case_no, ITEM, verdict="approved")
    (decision,) = await inbox.wait_for(case_no)
    assert decision.body["decision_id"] == decision_id
    assert decision.body["results"][0]["kind"] == "document"
    assert await control.decide(case_no, ITEM, verdict="refused", code="x", reason="复核不通过") != decision_id
    _, contradiction = await inbox.wait_for(case_no, 2)
    assert contradiction.body["verdict"] == "refused"


async def test_a_decision_is_repeated_until_it_is_answered(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    inbox.answers[:] = [503, 500, 200]
    await directory.port("tax").submit(submission(inbox, case_no))
    decisions = await inbox.wait_for(case_no, 3)
    assert len({decision.raw for decision in decisions}) == 1
    assert await _answered(control, case_no) == [503, 500, 200]


async def test_a_decision_that_is_refused_is_not_repeated(
    directory: DepartmentDirectory, inbox: Inbox, control: Control, case_no: str
) -> None:
    inbox.answers[:] = [409]
    await directory.port("tax").submit(submission(inbox, case_no))
    await inbox.wait_for(case_no)
    assert await _answered(control, case_no) == [409]


async def test_the_control_has_a_token_of_its_own(sandbox: SandboxProcess, control: Control) -> None:
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        for headers in ({}, {"Authorization": f"Bearer {credential_of('tax')}"}):
            answer = await client.get("/control/journal", params={"case_no": "x"}, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["x-sandbox"] == "simulation"
        for department, credential in (("tax", CONTROL_TOKEN), ("tax", credential_of("bank"))):
            answer = await client.get(
                f"/{department}/submissions/a:b:1", headers={"Authorization": f"Bearer {credential}"}
            )
            assert answer.status_code == 401
        answer = await client.get("/nobody/submissions/a:b:1", headers={"Authorization": "Bearer x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-department")


async def test_an_unreadable_or_misaddressed_submission_takes_no_effect(
    sandbox: SandboxProcess, inbox: Inbox, control: Control, case_no: str
) -> None:
    wanted = submission(inbox, case_no)
    headers = {"Authorization": f"Bearer {credential_of('bank')}", "Idempotency-Key": wanted.key}
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        for body, key, code in (
            ("{", wanted.key, "unreadable"),
            (wanted.model_dump_json(), wanted.key, "foreign-department"),
            (wanted.model_dump_json(), f"{case_no}:other:1", "key-mismatch"),
        ):
            answer = await client.post("/bank/submissions", content=body, headers=headers | {"Idempotency-Key": key})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not any(seen.effects for seen in (await control.journal(case_no)).keys)


@pytest.fixture
async def mortal(tmp_path: Path, signing_keys: dict[str, SigningKey]) -> AsyncIterator[SandboxProcess]:
    """A city that may be killed."""
    process = SandboxProcess(tmp_path / "city.db", signing_keys)
    await process.start()
    yield process
    assert await process.stop() == 0


async def test_a_pending_decision_survives_a_kill(
    mortal: SandboxProcess, inbox: Inbox, case_no: str, tmp_path: Path
) -> None:
    headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
    async with (
        open_directory([mortal.connection("tax")]) as directory,
        httpx.AsyncClient(base_url=f"{mortal.url}/control", headers=headers, trust_env=False) as client,
    ):
        port, control = directory.port("tax"), Control(client)
        await control.scenario(Callback(delay_seconds=3600), subject=CREDIT_CODE, item=ITEM)
        await control.scenario(Silent(), subject=CREDIT_CODE, item="other")
        wanted = submission(inbox, case_no)
        assert isinstance(await port.submit(wanted), Taken)
        await mortal.kill()
        away = await port.ask(wanted.key)
        assert isinstance(away, Unknown)
        assert away.cause is UnknownCause.UNREACHABLE
        _bring_forward(tmp_path / "city.db")
        assert inbox.of(case_no) == []
        await mortal.start()
        await inbox.wait_for(case_no)
        assert isinstance(await port.ask(wanted.key), Done)
        assert isinstance(await port.submit(wanted), Taken), "the same key has the answer of the first time"
        switches = (await client.get("/switches")).json()
        assert {scenario["item"] for scenario in switches["scenarios"]} == {ITEM, "other"}


def _bring_forward(database: Path) -> None:
    """What was due in an hour is due now, and one sending was on its way when the process was killed."""
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE decisions SET due_at = 0, decided_at = 0, state = 'sending'")
    connection.close()


async def _answered(control: Control, case_no: str) -> list[int]:
    """The answers to the one decision of this case, once it is not to be sent any more."""
    async with asyncio.timeout(30):
        while True:
            (decision,) = (await control.journal(case_no)).decisions
            if decision.state == "answered":
                return [sending.status for sending in decision.sendings]
            await asyncio.sleep(0.02)
