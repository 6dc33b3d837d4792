"""A city of its own: what is killed here shall disturb no other test."""

from collections.abc import AsyncIterator

import pytest

from runtime.embedded.places import scratch_data_dir
from tests.flows.town import Town, open_town


@pytest.fixture(scope="session")
async def town() -> AsyncIterator[Town]:
    with scratch_data_dir("onething-faults") as folder:
        async with open_town(folder / "city") as opened:
            yield opened
