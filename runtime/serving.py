"""Serves an HTTP application with uvicorn: quick to stop even while browsers hold streams open."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

_GRACEFUL_SECONDS = 5
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class ServerOfProcess(uvicorn.Server):
    """Ends well when the process is asked to stop; uvicorn's own ends the process by the signal it was sent."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to the signals that ask for a stop while serving."""
        earlier = {number: signal.signal(number, self.handle_exit) for number in _STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)


class ServerBesideOthers(uvicorn.Server):
    """Leaves signals to its process, which ends it by setting `should_exit`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to nothing."""
        yield


class CannotServe(Exception):
    """The application did not come up: its port is taken, or its start failed; the log says which."""

    code = "cannot-serve"


@contextlib.asynccontextmanager
async def serving_beside(app: ASGIApp, host: str, port: int, log_level: str) -> AsyncIterator[asyncio.Task[None]]:
    """Serve `app` while other work of the same process goes on.

    The task ends early only with `CannotServe`, which leaving the context raises too.
    """
    server = ServerBesideOthers(_configuration(app, host, port, log_level))
    serving = asyncio.create_task(_serve(server, f"{host}:{port}"))
    try:
        yield serving
    finally:
        server.should_exit = True
        await serving


async def _serve(server: uvicorn.Server, address: str) -> None:
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way of saying that it could not start
        raise CannotServe(f"nothing can be served on {address}; is the port taken?") from None


def serve_http(app: ASGIApp, host: str, port: int, log_level: str) -> None:
    """Serve `app` until SIGINT or SIGTERM. Errors: `SystemExit` when the port is taken or the start fails."""
    ServerOfProcess(_configuration(app, host, port, log_level)).run()


def _configuration(app: ASGIApp, host: str, port: int, log_level: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level=log_level,
        log_config=None,  # logging is set up once for the process
        access_log=False,  # paths hold case numbers; requests are traced instead
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
        server_header=False,
    )
