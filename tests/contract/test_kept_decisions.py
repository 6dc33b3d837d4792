"""A department that is polled: one signed list for all its cases, read over real HTTP from another process."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from adapters.collected import CollectedEntry, DecisionSource
from adapters.configuration.kinds import Kind
from adapters.directory import DepartmentDirectory
from adapters.http_poll import HttpDecisionSource
from adapters.kinds import Surroundings
from adapters.sandbox.behaviours import Callback, Down, Silent
from adapters.sources import SOURCES, Proofs
from security.signing_keys import SigningKey
from tests.contract.control import Control
from tests.contract.given import CREDIT_CODE, submission
from tests.contract.inbox import Inbox
from tests.contract.sandbox_process import SandboxProcess

POLLED = {"kind": "http-poll", "polling": {"page": 2}}


@pytest.fixture
async def polled(
    sandbox: SandboxProcess, control: Control, signing_keys: dict[str, SigningKey]
) -> AsyncIterator[DecisionSource]:
    await control.keep_decisions("tax")
    keys = {key.id: key.verification_key() for key in signing_keys.values()}
    async with SOURCES[Kind.HTTP_POLL](
        sandbox.connection("tax", **POLLED), Surroundings(), Proofs(keys.get, str)
    ) as source:
        yield source


async def everything(source: DecisionSource, after: str = "") -> tuple[list[CollectedEntry], int]:
    """All entries behind this position, and in how many calls they came."""
    found: list[CollectedEntry] = []
    for calls in range(1, 100):
        page = await source.collect(found[-1].cursor if found else after)
        assert page.away == ""
        found += page.entries
        if not page.more:
            return found, calls
    raise AssertionError("the list has no end")


async def test_the_decisions_of_all_cases_come_in_order_and_in_pages_and_nobody_is_called(
    polled: DecisionSource, directory: DepartmentDirectory, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Silent(), subject=CREDIT_CODE)
    assert await everything(polled) == ([], 1)
    cases = [f"{case_no}{number}" for number in range(5)]
    decided = []
    for number in cases:
        await directory.port("tax").submit(submission(inbox, number))
        decided.append(await control.decide(number, "tax-clearance"))
    entries, calls = await everything(polled)
    assert [json.loads(entry.body)["decision_id"] for entry in entries] == decided
    assert {(entry.door, entry.refused) for entry in entries} == {("decisions", "")}
    assert calls == 3
    assert await everything(polled, entries[-1].cursor) == ([], 1)
    assert [one.sendings for number in cases for one in (await control.journal(number)).decisions] == [()] * 5


async def test_a_decision_that_is_to_be_made_later_is_not_skipped_by_who_has_read_further(
    polled: DecisionSource, directory: DepartmentDirectory, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Callback(delay_seconds=0.4), subject=CREDIT_CODE, item="slow")
    await control.scenario(Callback(delay_seconds=0), subject=CREDIT_CODE, item="quick")
    await directory.port("tax").submit(submission(inbox, case_no, item="slow"))
    await directory.port("tax").submit(submission(inbox, case_no, item="quick"))
    found, _ = await everything(polled)
    async with asyncio.timeout(30):
        while len(found) < 2:
            await asyncio.sleep(0.05)
            found += (await everything(polled, found[-1].cursor if found else ""))[0]
    assert [json.loads(entry.body)["item"] for entry in found] == ["quick", "slow"]


async def test_an_undoing_takes_a_kept_decision_out_of_the_list(
    polled: DecisionSource, directory: DepartmentDirectory, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Callback(delay_seconds=0), subject=CREDIT_CODE, item="tax-clearance")
    wanted = submission(inbox, case_no)
    await directory.port("tax").submit(wanted)
    await directory.port("tax").undo(wanted.key, f"{wanted.key}:undo", "cancelled")
    assert await everything(polled) == ([], 1)


async def test_a_department_that_is_down_or_knows_us_not_is_away(
    polled: DecisionSource, sandbox: SandboxProcess, control: Control
) -> None:
    await control.department("tax", Down())
    assert (await polled.collect("")).away == "unexpected_status"
    stranger = replace(sandbox.connection("tax", **POLLED), token=SecretStr("of somebody else"))
    async with SOURCES[Kind.HTTP_POLL](stranger, Surroundings(), Proofs(lambda _: None, str)) as source:
        assert isinstance(source, HttpDecisionSource)
        assert (await source.collect("")).away == "credential_refused"


async def test_a_position_that_the_department_does_not_know_is_the_beginning(
    polled: DecisionSource, directory: DepartmentDirectory, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Callback(delay_seconds=0), subject=CREDIT_CODE, item="tax-clearance")
    await directory.port("tax").submit(submission(inbox, case_no))
    assert len((await everything(polled, "of-another-list"))[0]) == 1
