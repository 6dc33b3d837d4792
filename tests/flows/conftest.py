"""One city for all flows: it is started once, and every test closes companies of its own in it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from runtime.embedded.places import scratch_data_dir
from tests.flows.directory import Directory
from tests.flows.town import BUNDLES, Town, open_town


@pytest.fixture(scope="session")
async def town() -> AsyncIterator[Town]:
    with scratch_data_dir("onething-flows") as folder:
        async with open_town(folder / "city", ONETHING_BUNDLE_DIRECTORY=str(BUNDLES)) as opened:
            yield opened


@pytest.fixture
def directory(town: Town) -> Iterator[Directory]:
    opened = Directory(town)
    yield opened
    assert opened.file.read_text() == opened.as_it_was, "the next test finds the town as it was"
