"""How a role's process runs Python: the faster event loop, and a collector that does not walk what never dies.

Measured in `docs/benchmarks.md`. Both change how fast a role is and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

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


def _loop_factory() -> Any:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
