"""Serves an HTTP application with uvicorn: quick to stop even while browsers hold streams open."""

from __future__ import annotations

import uvicorn
from starlette.types import ASGIApp

_GRACEFUL_SECONDS = 5


def http_server(app: ASGIApp, host: str, port: int, log_level: str) -> uvicorn.Server:
    """A server for `app`, to be awaited (`serve`) beside other work of the same process."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=log_level,
            log_config=None,  # logging is set up once for the process
            access_log=False,  # paths hold case numbers; requests are traced instead
            timeout_graceful_shutdown=_GRACEFUL_SECONDS,
            server_header=False,
        )
    )


def serve_http(app: ASGIApp, host: str, port: int, log_level: str) -> None:
    """Serve `app` until SIGINT or SIGTERM. Errors: `SystemExit` when the port is taken."""
    http_server(app, host, port, log_level).run()
