"""A department that exchanges batches of files: a case goes through it, and so does one that is taken back.

Over folders, and over an SFTP server that worker and gateway, processes of their own, connect to.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.behaviours import Received, Silent
from one_things.case import ItemStatus
from one_things.events import CaseOutcome
from tests.adapters.sftp_server import serving_sftp
from tests.flows import stories
from tests.flows.companies import SIMPLE, company
from tests.flows.directory import Directory
from tests.flows.soundness import assert_sound
from tests.flows.town import Town

TAX = stories.TAX


@pytest.fixture(params=["folder", "sftp"])
async def filing_tax(
    request: pytest.FixtureRequest, town: Town, directory: Directory, tmp_path: Path
) -> AsyncIterator[Town]:
    out, into = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    into.mkdir()
    await town.control.exchange_files("tax", out, into)
    keys = directory.entry("tax")["keys"]
    polling = {"every_seconds": 0.2, "jitter_seconds": 0.1, "longest_seconds": 1.0}
    async with AsyncExitStack() as opened:
        where: dict[str, Any] = {"folder": {"out": str(out), "in": str(into)}}
        if request.param == "sftp":
            server = await opened.enter_async_context(serving_sftp(tmp_path))
            (tmp_path / "sftp-key").write_text(server.private_key)
            reached = server.entry | {"key": {"file": str(tmp_path / "sftp-key")}}
            where = {"folder": {"out": "out", "in": "in"}, "sftp": reached}
        await directory.becomes(directory.instead("tax", kind="file-exchange", keys=keys, polling=polling, **where))
        try:
            yield town
        finally:
            await town.control.exchange_no_more("tax")
            await directory.becomes(directory.as_it_was)


async def test_a_case_goes_through_a_department_that_exchanges_files_also_across_a_kill(filing_tax: Town) -> None:
    town, ordinary, decided, left = filing_tax, *(company(SIMPLE, chosen=(TAX,)) for _ in range(3))
    await town.switch(decided, TAX, Silent())
    await town.switch(left, TAX, Received())
    cases = [await town.apply(one) for one in (ordinary, decided, left)]
    await town.until_items(cases[0], ItemStatus.APPROVED, TAX)
    await town.until_items(cases[1], ItemStatus.ACCEPTED, TAX)
    await town.city.kill("serve", restart=False)
    await town.decide(cases[1], TAX, "refused", code="owes-tax", reason="尚有未结清税款（模拟）")
    town.city.release("serve")
    await town.until_items(cases[1], ItemStatus.REFUSED, TAX)
    assert (await town.cancel(cases[2])).status_code == 200
    outcomes = [(await assert_sound(town, case_no)).outcome for case_no in cases]
    assert outcomes[0] is CaseOutcome.COMPLETED
    assert outcomes[2] is CaseOutcome.CANCELLED
    for case_no in cases:
        assert [one.sendings for one in (await town.journal(case_no)).decisions if one.sendings] == []
