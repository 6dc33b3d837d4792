"""One sandbox city and one inbox for the session; every test has a case number of its own."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.directory import DepartmentDirectory, open_directory
from adapters.sandbox.departments import DESCRIBED
from security.signing_keys import SigningKey
from tests.contract.control import Control
from tests.contract.inbox import Inbox, open_inbox
from tests.contract.sandbox_process import CONTROL_TOKEN, SandboxProcess

_SERIALS = itertools.count(1)


@pytest.fixture(scope="session")
def signing_keys() -> dict[str, SigningKey]:
    return {code: SigningKey.generate(f"{code}.1") for code in DESCRIBED}


@pytest.fixture(scope="session")
async def sandbox(
    tmp_path_factory: pytest.TempPathFactory, signing_keys: dict[str, SigningKey]
) -> AsyncIterator[SandboxProcess]:
    database: Path = tmp_path_factory.mktemp("sandbox") / "city.db"
    process = SandboxProcess(database, signing_keys)
    await process.start()
    yield process
    assert await process.stop() == 0


@pytest.fixture(scope="session")
async def inbox() -> AsyncIterator[Inbox]:
    async with open_inbox() as opened:
        yield opened


@pytest.fixture
async def control(sandbox: SandboxProcess) -> AsyncIterator[Control]:
    headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
    # No TLS here, and reading the authorities for each test takes longer than most of them.
    without_tls = httpx.AsyncClient(base_url=f"{sandbox.url}/control", headers=headers, trust_env=False, verify=False)
    async with without_tls as client:
        control = Control(client)
        yield control
        await control.reset()


@pytest.fixture
async def directory(sandbox: SandboxProcess) -> AsyncIterator[DepartmentDirectory]:
    async with open_directory([sandbox.connection(code) for code in DESCRIBED]) as opened:
        yield opened


@pytest.fixture
def case_no() -> str:
    return f"4419-2026-{next(_SERIALS):06d}"
