"""Work that goes on beside the requests: a fault in it is told, and it begins anew instead of ending in silence."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOG = logging.getLogger(__name__)
_PAUSE = 1.0  # seconds


async def without_end(work: Callable[[], Awaitable[None]], name: str, pause: float = _PAUSE) -> None:
    """Do this work again and again, ``pause`` seconds apart, whatever it raises; only cancelling ends it."""
    while True:
        try:
            await work()
            _LOG.error("to %s has ended; it begins anew", name)
        except Exception:
            _LOG.exception("to %s has failed; it begins anew", name)
        await asyncio.sleep(pause)
