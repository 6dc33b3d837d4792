"""The sandbox city as one FastAPI application, marked as simulation in its title and on every answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypedDict

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.sandbox.callbacks import Sign
from adapters.sandbox.city import City, open_city
from adapters.sandbox.collected_routes import collected_routes
from adapters.sandbox.control_routes import Health, control_routes
from adapters.sandbox.department_routes import department_routes
from adapters.sandbox.event_routes import event_routes
from adapters.sandbox.material_routes import material_routes
from adapters.sandbox.settings import SandboxSettings

_LABEL: Final = (b"x-sandbox", b"simulation")


class LifespanState(TypedDict):
    """What every request finds in its state."""

    city: City


class _LabelledAsSimulation:
    """Puts the label on every answer, so that nothing from here can be taken for a department's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), _LABEL]
            await send(message)

        await self._app(scope, receive, labelled)


def create_app(settings: SandboxSettings, signers: Mapping[str, Sign]) -> FastAPI:
    """The application. ``signers`` holds one signer per department. Raises ValueError when a department has none."""
    without = [code for code in settings.credentials if code not in signers]
    if without:
        raise ValueError(f"no signer for {', '.join(without)}")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        async with open_city(settings, signers) as city:
            yield LifespanState(city=city)

    app = FastAPI(
        title="Sandbox city (simulation) / 模拟城市",
        description="Simulated departments. Nothing here is decided by, or known to, a real authority.",
        lifespan=lifespan,
        routes=list(department_routes(settings.credentials)),
        docs_url=None,
        redoc_url=None,
    )
    control = control_routes(settings.control_token, settings.credentials.keys())
    control.include_router(event_routes(signers))
    control.include_router(material_routes(signers))
    control.include_router(collected_routes(settings.credentials.keys()))
    app.include_router(control)

    @app.get("/health")
    async def health() -> Health:
        """The city answers."""
        return Health()

    app.add_middleware(_LabelledAsSimulation)
    return app
