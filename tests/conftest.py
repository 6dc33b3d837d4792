"""How `pytest -n` shares the tests among its workers; without it they run one after another, as ever.

Each worker starts the servers that its tests ask for. So the tests of a folder with servers for the session stay
together in one worker, and those of any other file; the long ones come first, so that the short ones fill what is left.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST_FIRST = (
    "tests/gateway/",
    "tests/flows/",
    "tests/runtime/test_demo.py",
    "tests/browser/",
    "tests/faults/",
    "tests/runtime/",
    "tests/contract/",
    "tests/observability/",
    "tests/benchmarks/",
    "tests/event_store/",
)
TOGETHER = (
    "tests/gateway/",
    "tests/flows/",
    "tests/browser/",
    "tests/faults/",
    "tests/contract/",
    "tests/event_store/",
)


def together(nodeid: str) -> str:
    """What all tests have in common that run in one worker: their folder, or else their file."""
    folders = (folder for folder in TOGETHER if nodeid.startswith(folder))
    return next(folders, nodeid.split("::", 1)[0])


def place(nodeid: str) -> int:
    """The longer a test's company takes, the earlier."""
    places = (at for at, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start))
    return next(places, len(LONGEST_FIRST))


class SharedServers(LoadScopeScheduling):
    """Gives each worker what belongs together, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: place(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False  # it would sort by the number of tests, not by how long they take
    return SharedServers(config, log)
