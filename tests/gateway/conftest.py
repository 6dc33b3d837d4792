"""One PostgreSQL for the session; a gateway over a fresh database for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database, postgres_server


@pytest.fixture(scope="session")
async def gateway_postgres() -> AsyncIterator[EmbeddedPostgres]:
    async with postgres_server() as server:
        yield server


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True) as running:
        yield running
