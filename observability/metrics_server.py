"""How metrics are read: a route that any ASGI application of a role can serve."""

from typing import Final

from prometheus_client import make_asgi_app
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from observability.metrics import REGISTRY


class MetricsApp:
    """The ASGI application that answers with the registry's text format."""

    def __init__(self) -> None:
        self._app: Final[ASGIApp] = make_asgi_app(REGISTRY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, send)


def metrics_route(path: str = "/metrics") -> Route:
    """A route for any Starlette or FastAPI application. Not a mount: that answers `/metrics` with a redirect."""
    return Route(path, MetricsApp(), methods=["GET"], include_in_schema=False)
