"""The sources of decisions follow the directory, and break off nothing that is under way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.collected import CollectedPage
from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.sources import Proofs
from runtime.decision_sources import DecisionSources
from runtime.department_directory import LoadedDirectory
from tests.adapters.notes import NOTING
from tests.adapters.sftp_server import SftpServer, serving_sftp

PROOFS = Proofs(lambda _: None, bytes.decode)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SftpServer]:
    for folder in ("out", "in"):
        (tmp_path / folder).mkdir()
    async with serving_sftp(tmp_path) as opened:
        yield opened


def loaded(server: SftpServer, **changes: Any) -> LoadedDirectory:
    entry = {"kind": "file-exchange", "folder": {"out": "out", "in": "in"}, "sftp": server.entry, **changes}
    secret = SecretStr(server.private_key)
    tax = DepartmentConnection("tax", DepartmentEntry.model_validate(entry), secret, server.root)
    return LoadedDirectory({"tax": tax}, {})


async def test_a_look_under_way_ends_on_the_connection_on_which_it_began(server: SftpServer) -> None:
    sources = DecisionSources(PROOFS, NOTING)
    await sources.take(loaded(server))
    before = sources.current["tax"]
    assert (await before.collect("")).away == ""
    server.answers.clear()
    look = asyncio.create_task(before.collect(""))
    await asyncio.wait_for(server.asked.wait(), 30)
    await sources.take(loaded(server, polling={"every_seconds": 1.0}))
    assert sources.current["tax"] is not before
    server.answers.set()
    page = await look
    assert isinstance(page, CollectedPage)
    assert page.away == ""
    await sources.close()


async def test_connections_given_up_are_closed_after_a_while_and_at_the_end(server: SftpServer) -> None:
    sources = DecisionSources(PROOFS, NOTING, lingers_seconds=0.01)
    await sources.take(loaded(server))
    first = sources.current["tax"]
    await first.collect("")
    await sources.take(loaded(server, polling={"every_seconds": 1.0}))
    async with asyncio.timeout(30):
        while (await first.collect("")).away != "unreachable":  # noqa: ASYNC110 - nobody tells when it was closed
            await asyncio.sleep(0.01)
    second = sources.current["tax"]
    assert (await second.collect("")).away == ""
    await sources.take(LoadedDirectory({}, {}))
    assert not sources.current
    await sources.close()
    assert (await second.collect("")).away == "unreachable"
