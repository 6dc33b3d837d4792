"""A data directory that PostgreSQL can use, also when root runs the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.embedded.places import scratch_data_dir


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with scratch_data_dir("onething-test") as directory:
        yield directory
