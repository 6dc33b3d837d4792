"""A department on the workbench, behind the same port: what it answers follows from the record."""

from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.kinds import Kind
from adapters.directory import open_directory
from adapters.kinds import Surroundings
from adapters.port import (
    Done,
    MaterialReference,
    NeverArrived,
    Payment,
    Purpose,
    Refused,
    SourceUnavailable,
    Submission,
    Taken,
    Unknown,
    UnknownCause,
    undo_key_of,
)
from adapters.submit_or_ask import submit_or_ask, undo_or_ask
from adapters.workbench import RecordAway, WorkbenchDepartment
from one_things import commands as c
from one_things.case import CaseState
from one_things.events import Channel
from one_things.idempotency import idempotency_key
from one_things.money import PaymentMade
from one_things.text import Text
from tests.one_things.given import OPENED_AT, Story, a_plan

ITEM = "tax-clearance"


class Said(NamedTuple):
    refused: str | None = None
    payment: PaymentMade | None = None


class RecordOf:
    """The record of one case; ``behind`` looks see it as it was before the last command."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.said: Said | None = None
        self.is_away = False
        self.behind: list[CaseState] = []

    async def state(self, case_no: str) -> CaseState | None:
        if self.is_away:
            raise RecordAway
        assert case_no == self.story.state.case_no
        return self.behind.pop(0) if self.behind else self.story.state

    async def undoing(self, undo_key: str) -> Said | None:
        return self.said


@pytest.fixture
def record() -> RecordOf:
    return RecordOf(Story(a_plan()).submitted(ITEM))


@pytest.fixture
def port(record: RecordOf) -> WorkbenchDepartment:
    return WorkbenchDepartment("tax", record)


def submission(record: RecordOf) -> Submission:
    state = record.story.state
    return Submission(
        key=idempotency_key(state.case_no, ITEM, 1),
        case_no=state.case_no,
        item=ITEM,
        attempt=1,
        department="tax",
        fields={},
        callback_url="http://127.0.0.1/x",
        requested_at=OPENED_AT,
    )


async def undone(port: WorkbenchDepartment, record: RecordOf, *, asked_before: bool = False) -> object:
    key = submission(record).key
    return await undo_or_ask(port, key, undo_key_of(key), "cancelled", earlier_unknown=asked_before)


async def test_it_is_opened_by_its_kind_and_needs_the_record(record: RecordOf) -> None:
    tax = DepartmentConnection("tax", DepartmentEntry(kind=Kind.WORKBENCH), SecretStr(""), Path())
    async with open_directory([tax], Surroundings(workbench=record)) as directory:
        assert isinstance(await directory.port("tax").submit(submission(record)), Taken)
    with pytest.raises(ValueError, match="tax"):
        async with open_directory([tax], Surroundings()):
            pass


async def test_a_submission_is_received_and_not_accepted_however_often_it_comes(
    port: WorkbenchDepartment, record: RecordOf
) -> None:
    first = await port.submit(submission(record))
    assert first == Taken(reference=submission(record).key, accepted=False)
    assert await submit_or_ask(port, submission(record), earlier_unknown=True) == first


async def test_what_nobody_decided_is_undone_by_being_given_up(port: WorkbenchDepartment, record: RecordOf) -> None:
    record.story.when(c.Cancel(channel=Channel.WEB))
    assert await undone(port, record) == Done()
    assert await undone(port, record, asked_before=True) == Done()


async def test_what_was_approved_waits_for_an_officer(port: WorkbenchDepartment, record: RecordOf) -> None:
    record.story.when(record.story.decision(ITEM, c.Verdict.APPROVED))
    record.story.when(c.Cancel(channel=Channel.WEB))
    assert isinstance(await undone(port, record), Taken)
    record.said = Said()
    assert await undone(port, record, asked_before=True) == Done()
    record.said = Said(payment=PaymentMade(amount_fen=100, currency="CNY", reference="测试-退"))
    assert await undone(port, record) == Done(payment=Payment(amount_fen=100, currency="CNY", reference="测试-退"))
    record.said = Said(refused="测试：已交付")
    assert await undone(port, record) == Refused(code="undo-refused", reason="测试：已交付")


async def test_an_approval_that_the_record_does_not_hold_yet_is_not_passed_over(
    port: WorkbenchDepartment, record: RecordOf
) -> None:
    before = record.story.state
    record.story.when(record.story.decision(ITEM, c.Verdict.APPROVED))
    record.story.when(c.Cancel(channel=Channel.WEB))
    record.behind = [before, before]
    assert isinstance(await undone(port, record), Taken)


async def test_a_record_that_stays_behind_or_is_away_is_asked_again(
    port: WorkbenchDepartment, record: RecordOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.workbench._RECORD_FOLLOWS_SECONDS", 0.0)
    behind = await undone(port, record)
    assert isinstance(behind, Unknown)
    assert behind.cause is UnknownCause.BUSY_HERE
    record.is_away = True
    assert isinstance(away := await undone(port, record), Unknown)
    assert away.cause is UnknownCause.UNREACHABLE


async def test_a_material_that_follows_is_taken_and_nothing_else_is_served(
    port: WorkbenchDepartment, record: RecordOf
) -> None:
    key = submission(record).key
    material = MaterialReference(id="resolution", title=Text(zh="决议", en="Resolution"), digest="sha-256:00")
    assert await port.supply(key, material) == Done()
    purpose = Purpose(case_no="4419-2026-000001", basis="测试")
    for answer in (await port.fetch("anything", {}, purpose), await port.licence("anything", {}, purpose)):
        assert isinstance(answer, SourceUnavailable)
        assert answer.cause is UnknownCause.NOT_SERVED
    assert await port.ask(f"{key}:material:resolution") == NeverArrived()
    delivering = submission(record).model_copy(update={"operation": "deliver"})
    assert isinstance(await port.submit(delivering), Refused)


async def test_a_document_to_sign_and_a_report_are_taken_because_they_stand_in_the_record(
    port: WorkbenchDepartment, record: RecordOf
) -> None:
    key = submission(record).key
    signing, report = f"{key}:sign:seller", f"{key}:commitment:lease:approved"
    to_sign = submission(record).model_copy(update={"operation": "sign", "key": signing})
    assert await port.submit(to_sign) == Taken(reference=signing)
    assert await port.ask(signing) == Taken(reference=signing)
    told = submission(record).model_copy(update={"operation": "report", "key": report})
    assert await port.submit(told) == Done()
    assert await port.ask(report) == Done()
