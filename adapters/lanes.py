"""An HTTP transport in lanes: each lane is one connection, taken by one call at a time.

Why not one pool: httpcore's pool looks through all its connections for every waiting call, and hands an idle one to
several callers of which all but one must queue again. Under 32 calls at once that costs more than the calls (measured:
2.5 ms of processor time per call, against 0.7 ms in lanes).
"""

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx

_IDLE_SECONDS: Final = 3.0
"""Shorter than servers keep an idle connection (often 5 s), or a call would meet one that is just being closed."""


@functools.cache
def tls() -> ssl.SSLContext:
    """How every call of this process is secured: read once, for reading the authorities takes 30 ms and more."""
    return ssl.create_default_context()


class LaneTransport(httpx.AsyncBaseTransport):
    """At most ``lanes`` calls at once; who waits longer than ``waiting_seconds`` for a lane gets httpx.PoolTimeout."""

    def __init__(self, lanes: int, waiting_seconds: float) -> None:
        self._free = asyncio.Semaphore(lanes)
        self._waiting_seconds = waiting_seconds
        self._idle: list[httpx.AsyncHTTPTransport] = []
        self._opened: list[httpx.AsyncHTTPTransport] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(self._waiting_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("no lane became free in time", request=request) from None
        # The lane used last is taken first: its connection is the least likely to have been closed meanwhile.
        lane = self._idle.pop() if self._idle else self._open_lane()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            self._give_back(lane)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _LaneStream(response.stream, lambda: self._give_back(lane))
        return response

    async def aclose(self) -> None:
        for lane in self._opened:
            await lane.aclose()

    def _open_lane(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_IDLE_SECONDS)
        lane = httpx.AsyncHTTPTransport(verify=tls(), limits=limits, trust_env=False)
        self._opened.append(lane)
        return lane

    def _give_back(self, lane: httpx.AsyncHTTPTransport) -> None:
        self._idle.append(lane)
        self._free.release()


class _LaneStream(httpx.AsyncByteStream):
    """The answer's body; closing it gives the lane back, once."""

    def __init__(self, stream: httpx.AsyncByteStream, give_back: Callable[[], None]) -> None:
        self._stream = stream
        self._give_back: Callable[[], None] | None = give_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            give_back, self._give_back = self._give_back, None
            if give_back is not None:
                give_back()
