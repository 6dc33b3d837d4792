"""Serves an HTTP application with uvicorn: quick to stop even while browsers hold streams open."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

_GRACEFUL_SECONDS = 5
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class HttpServer(uvicorn.Server):
    """A server that ends well when it is asked to stop; uvicorn's own ends its process by the signal it was sent.

    With `takes_signals=False` somebody else in the process listens to signals and sets `should_exit`.
    """

    def __init__(self, config: uvicorn.Config, *, takes_signals: bool) -> None:
        super().__init__(config)
        self._takes_signals = takes_signals

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to the signals that ask for a stop while serving."""
        earlier = {number: signal.signal(number, self.handle_exit) for number in _STOP_SIGNALS if self._takes_signals}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)


def http_server(app: ASGIApp, host: str, port: int, log_level: str, *, takes_signals: bool = False) -> HttpServer:
    """A server for `app`, to be awaited (`serve`) beside other work of the same process."""
    return HttpServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=log_level,
            log_config=None,  # logging is set up once for the process
            access_log=False,  # paths hold case numbers; requests are traced instead
            timeout_graceful_shutdown=_GRACEFUL_SECONDS,
            server_header=False,
        ),
        takes_signals=takes_signals,
    )


def serve_http(app: ASGIApp, host: str, port: int, log_level: str) -> None:
    """Serve `app` until SIGINT or SIGTERM. Errors: `SystemExit` when the port is taken or the start fails."""
    http_server(app, host, port, log_level, takes_signals=True).run()
