"""How a process of ours runs Python and ends: the faster event loop, a sparing collector, an end that cannot hang.

The first two are measured in `docs/benchmarks.md`; they change how fast a role is and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn

_YOUNG_OBJECTS = 20_000
"""Allocations between two collections; Python's 700 is made for small programs, and a case makes thousands."""


def run_role(role: Coroutine[Any, Any, None]) -> None:
    """Run a role to its end, on uvloop where there is one (it has none for Windows)."""
    settle()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(role)


def settle() -> None:
    """Call once all is imported: what lives by now lives as long as the process, and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)


def leave(code: int) -> NoReturn:
    """End the process now, once everything was shut down and nothing is left but Python's own dismantling.

    With Temporal's runtime in the process that can wait for ever: its threads forward log lines and want Python for it,
    while Python waits for them to end (seen with temporalio 1.35).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    logging.shutdown()
    os._exit(code)


def _loop_factory() -> Any:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
