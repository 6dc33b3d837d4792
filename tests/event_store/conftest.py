"""One PostgreSQL for the session, one migrated database for each test."""

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from event_store.migrations import migrate
from event_store.pool import Database, StoreSettings
from event_store.store import EventStore
from runtime.embedded.postgres import EmbeddedPostgres
from security.suites import suite
from tests.event_store.given import HEAD_KEY

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[EmbeddedPostgres]:
    # Not pytest's own temporary folder: it is closed to the unprivileged user that PostgreSQL runs as under root.
    home = tempfile.mkdtemp(prefix="onething-test-")
    os.chmod(home, 0o711)
    try:
        async with EmbeddedPostgres(Path(home) / "postgres", options={"fsync": "off"}) as postgres:
            await migrate(await postgres.create_database("template_migrated"))
            yield postgres
    finally:
        shutil.rmtree(home)


@pytest.fixture
async def database_url(server: EmbeddedPostgres) -> str:
    name = f"test_{next(_NUMBERS)}"
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template_migrated STRATEGY file_copy")
    finally:
        await connection.close()
    return server.url(name)


@pytest.fixture
def settings(database_url: str) -> StoreSettings:
    return StoreSettings(url=database_url, largest_pool=12, poll_interval=30, reconnect_interval=0.05)


@pytest.fixture
async def database(settings: StoreSettings) -> AsyncIterator[Database]:
    async with Database(settings) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> EventStore:
    return EventStore(database, suite("international"), HEAD_KEY)


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Somebody with every right on the database, and nothing else."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
