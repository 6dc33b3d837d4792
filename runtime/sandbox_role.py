"""The sandbox departments as a process: the city of `adapters.sandbox` with this deployment's secrets and bundles."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI

from adapters.sandbox.application import create_app
from adapters.sandbox.callbacks import Sign
from adapters.sandbox.settings import IN_MEMORY, SandboxSettings
from observability import logs, tracing
from observability.metrics_server import metrics_route
from one_things.catalogue import Catalogue
from runtime.process import settle
from runtime.sandbox_credentials import load_sandbox_credentials
from runtime.serving import serve_http
from runtime.settings import Settings
from security.signatures import sign
from security.signing_keys import SigningKey

_ROLE = "departments"


def run_departments(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Errors: `CredentialsUnusable`."""
    logs.setup(_ROLE, level=settings.log_level.upper())
    collector = None if settings.otlp_endpoint is None else str(settings.otlp_endpoint)
    with tracing.setup(_ROLE, otlp_endpoint=collector, span_directory=settings.span_directory) as traces:
        app = sandbox_app(settings)
        traces.instrument_app(app)
        app.router.routes.append(metrics_route())
        settle()
        serve_http(app, settings.sandbox_host, settings.sandbox_port, settings.log_level)


def sandbox_app(settings: Settings) -> FastAPI:
    """The application of the sandbox city. Errors: `CredentialsUnusable`."""
    if settings.sandbox_credentials is None or settings.sandbox_control_token is None:
        raise ValueError("the sandbox's credentials are checked when settings are loaded")
    credentials = load_sandbox_credentials(settings.sandbox_credentials)
    return create_app(
        SandboxSettings(
            database=IN_MEMORY if settings.sandbox_database is None else str(settings.sandbox_database),
            seed=settings.sandbox_seed,
            control_token=settings.sandbox_control_token,
            credentials={code: credential.token for code, credential in credentials.items()},
            bundles=tuple(Catalogue(settings.bundle_directory)),
            decision_seconds=settings.sandbox_decision_seconds,
        ),
        {code: _signer(credential.signing()) for code, credential in credentials.items()},
    )


def _signer(key: SigningKey) -> Sign:
    """Signs requests with one department's key, at the moment they are sent."""

    def signed(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        return sign(method, url, headers, body, key)

    return signed
