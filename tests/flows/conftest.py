"""One city for all flows: it is started once, and every test closes companies of its own in it."""

from collections.abc import AsyncIterator

import pytest

from runtime.embedded.places import scratch_data_dir
from tests.flows.town import BUNDLES, Town, open_town


@pytest.fixture(scope="session")
async def town() -> AsyncIterator[Town]:
    with scratch_data_dir("onething-flows") as folder:
        async with open_town(folder / "city", ONETHING_BUNDLE_DIRECTORY=str(BUNDLES)) as opened:
            yield opened
