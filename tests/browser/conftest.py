"""Chromium on the pages of a running gateway; one browser for the session, a fresh profile for each page."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database, postgres_server

expect.set_options(timeout=30_000)  # milliseconds; a busy machine is no fault of the page
_QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
async def browser_postgres() -> AsyncIterator[EmbeddedPostgres]:
    async with postgres_server() as server:
        yield server


@pytest.fixture
async def city(browser_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(browser_postgres), tmp_path, sandbox=True) as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "the browser tests need Chromium: `make browser` installs it"
    # Chromium's own sandbox refuses to run as root, as in a container.
    arguments = [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        await started.close()
