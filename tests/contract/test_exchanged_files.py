"""A department over drop folders, here and on an SFTP server: the desk of HTTP, only that answers take their time."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr

from adapters.collected import DecisionSource
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.configuration.kinds import Kind
from adapters.directory import open_directory
from adapters.port import DepartmentPort, Done, NeverArrived, Refused, Taken, undo_key_of
from adapters.sandbox.behaviours import Callback, Down, Instant, LostReply, Refuse, Silent
from adapters.sources import SOURCES, Proofs
from security.signing_keys import SigningKey
from tests.adapters.notes import NOTING
from tests.adapters.sftp_server import serving_sftp
from tests.contract.control import Control
from tests.contract.given import CREDIT_CODE, submission
from tests.contract.inbox import Inbox

_T = TypeVar("_T")
ITEM = "tax-clearance"


@dataclass
class Exchange:
    """The port, the source, and what a case would have been told."""

    port: DepartmentPort
    source: DecisionSource
    told: list[dict[str, Any]] = field(default_factory=list)

    async def look(self) -> None:
        more = True
        while more:
            page = await self.source.collect("")
            assert page.away == ""
            assert [entry.refused for entry in page.entries if entry.refused] == []
            self.told += [json.loads(entry.body) for entry in page.entries if entry.door]
            await self.source.settle(page)
            more = page.more

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.05)
                await self.look()

    async def standing(self, key: str, kind: type[_T]) -> _T:
        """What the port says of the key, once it says so."""
        async with asyncio.timeout(30):
            while not isinstance(found := await self.port.ask(key), kind):
                await asyncio.sleep(0.05)
                await self.look()
        return found


@pytest.fixture(params=["folder", "sftp"])
async def exchange(
    request: pytest.FixtureRequest, control: Control, signing_keys: dict[str, SigningKey], tmp_path: Path
) -> AsyncIterator[Exchange]:
    for folder in ("out", "in"):
        (tmp_path / folder).mkdir()
    await control.exchange_files("tax", tmp_path / "out", tmp_path / "in")
    keys = {key.id: key.verification_key() for key in signing_keys.values()}
    proofs = Proofs(keys.get, lambda statement: statement.decode())
    async with AsyncExitStack() as opened:
        entry: dict[str, Any] = {"kind": "file-exchange", "folder": {"out": "out", "in": "in"}}
        secret = ""
        if request.param == "sftp":
            server = await opened.enter_async_context(serving_sftp(tmp_path))
            entry["sftp"], secret = server.entry, server.private_key
        tax = DepartmentConnection("tax", DepartmentEntry.model_validate(entry), SecretStr(secret), tmp_path)
        directory = await opened.enter_async_context(open_directory([tax], NOTING))
        source = await opened.enter_async_context(SOURCES[Kind.FILE_EXCHANGE](tax, NOTING, proofs))
        yield Exchange(directory.port("tax"), source)


async def test_what_is_laid_down_is_taken_once_and_its_decision_comes_back(
    exchange: Exchange, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Silent(), subject=CREDIT_CODE, item=ITEM)
    wanted = submission(inbox, case_no)
    assert await exchange.port.ask(wanted.key) == NeverArrived()
    for _ in range(2):
        assert await exchange.port.submit(wanted) == Taken(reference=wanted.key, accepted=False)
    await exchange.until(lambda: bool(exchange.told))
    decision_id = await control.decide(case_no, ITEM)
    await exchange.until(lambda: len(exchange.told) == 2)
    assert (exchange.told[0]["act"], exchange.told[1]["decision_id"]) == ("accepted", decision_id)
    journal = await control.journal(case_no)
    assert [(seen.times, seen.effects) for seen in journal.keys] == [(1, 1)]
    assert inbox.of(case_no) == []


async def test_an_answer_at_once_is_the_decision(
    exchange: Exchange, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Instant(), subject=CREDIT_CODE, item=ITEM)
    await control.scenario(Refuse(code="owes-tax", reason="尚有未结清税款"), subject=CREDIT_CODE, item="other")
    await exchange.port.submit(submission(inbox, case_no))
    await exchange.port.submit(submission(inbox, case_no, item="other"))
    await exchange.until(lambda: len(exchange.told) == 2)
    told = {decision["item"]: decision for decision in exchange.told}
    assert (told[ITEM]["verdict"], bool(told[ITEM]["results"])) == ("approved", True)
    assert (told["other"]["verdict"], told["other"]["code"]) == ("refused", "owes-tax")
    assert isinstance(await exchange.port.ask(submission(inbox, case_no).key), Done)


async def test_an_undoing_is_done_or_refused_and_stops_the_decision(
    exchange: Exchange, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(Callback(delay_seconds=60), subject=CREDIT_CODE)
    await control.scenario(
        Refuse(code="final", reason="登记完成后不可撤回"), subject=CREDIT_CODE, item="final", operation="undo"
    )
    wanted, final = submission(inbox, case_no), submission(inbox, case_no, item="final")
    for one in (wanted, final):
        await exchange.port.submit(one)
        await exchange.port.undo(one.key, undo_key_of(one.key), "withdrawn")
    assert await exchange.standing(undo_key_of(wanted.key), Done) == Done()
    assert (await exchange.standing(undo_key_of(final.key), Refused)).code == "final"
    states = {one.key: one.state for one in (await control.journal(case_no)).decisions}
    assert states[wanted.key] == "withdrawn"


async def test_a_department_that_is_down_finds_its_batch_when_it_is_back(
    exchange: Exchange, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.department("tax", Down())
    wanted = submission(inbox, case_no)
    await exchange.port.submit(wanted)
    await exchange.look()
    assert isinstance(await exchange.port.ask(wanted.key), Taken)
    await control.department("tax", Callback(delay_seconds=0))
    await exchange.until(lambda: len(exchange.told) == 2)
    assert {told.get("act", told.get("verdict")) for told in exchange.told} == {"accepted", "approved"}


async def test_an_answer_that_was_lost_comes_with_the_repeat_and_has_no_second_effect(
    exchange: Exchange, control: Control, inbox: Inbox, case_no: str
) -> None:
    await control.scenario(LostReply(delay_seconds=60), subject=CREDIT_CODE, item=ITEM)
    await exchange.port.submit(submission(inbox, case_no))
    await exchange.until(lambda: bool(exchange.told))
    (seen,) = (await control.journal(case_no)).keys
    assert (seen.effects, seen.times >= 2) == (1, True)
