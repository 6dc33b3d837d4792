"""The gateway as a process: it serves applicants, departments and operators, and keeps the read models up to date."""

import asyncio
import json
import logging
import signal
from contextlib import AsyncExitStack
from functools import partial

import httpx
from fastapi import FastAPI
from starlette.applications import Starlette

from activities.calendars import PublishedCalendars
from adapters.kinds import Surroundings
from adapters.sources import Proofs
from event_store.case_projection import CaseProjection
from event_store.collecting import Collecting
from event_store.department_slots import DepartmentSlots
from event_store.projector import Projector
from event_store.refused_calls import RefusedCallBook
from event_store.signers import Signers
from gateway.app import create_app
from gateway.case_lists import CaseLists
from gateway.department_records import DepartmentRecords
from gateway.offers import offer
from gateway.services import CollectsBy, GatewayServices
from gateway.settings import GatewaySettings
from gateway.supervising.reading import Supervision
from observability import logs, tracing
from observability.metrics_server import metrics_route
from observability.temporal import temporal_runtime
from one_things.catalogue import Catalogue
from runtime.case_counts import count
from runtime.decision_sources import open_sources
from runtime.department_cards import department_cards
from runtime.directory_watch import DirectoryWatch
from runtime.serving import serving_beside
from runtime.settings import Settings
from runtime.wiring import (
    OpenRecord,
    case_secrets,
    connect_temporal,
    note_mac,
    open_record,
    store_settings,
    watch_departments,
    watching,
)
from security.suites import suite
from security.token_keys import FetchedKeys, StaticKeys, TokenKeys
from security.tokens import TokenVerifier
from workflows.handles import TemporalCases

_LOG = logging.getLogger("onething.gateway")
_ROLE = "gateway"
_BATCH = "onething-batch"
"""What kind of statement the signature of a batch is: never mistaken for a receipt."""


async def run_gateway(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Errors: StoreUnavailable, DirectoryUnusable."""
    logs.setup(_ROLE, level=settings.log_level.upper())
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as opened:
        collector = None if settings.otlp_endpoint is None else str(settings.otlp_endpoint)
        traces = opened.enter_context(
            tracing.setup(_ROLE, otlp_endpoint=collector, span_directory=settings.span_directory)
        )
        watch = watch_departments(settings)
        record = await opened.enter_async_context(open_record(settings, _ROLE))
        fetching = await opened.enter_async_context(httpx.AsyncClient())
        proofs = Proofs(watch.key, partial(settings.receipt_key_ring().sign, _BATCH))
        around = Surroundings(traces.instrument_client, note_mac=note_mac(settings))
        sources = await opened.enter_async_context(open_sources(watch.current, proofs, around))
        await opened.enter_async_context(watching(watch, sources.take))
        turns = await opened.enter_async_context(DepartmentSlots(store_settings(settings, _ROLE)))
        collects_by = CollectsBy(lambda: sources.current, Collecting(record.database), turns)
        app = gateway_app(await _services(settings, watch, record, traces, fetching, collects_by), traces)
        projecting = asyncio.create_task(Projector(record.database, CaseProjection(hear=count)).run())
        opened.callback(projecting.cancel)
        needed = [projecting]
        if settings.metrics_port is not None:
            metrics = serving_beside(metrics_app(), settings.metrics_host, settings.metrics_port, settings.log_level)
            needed.append(await opened.enter_async_context(metrics))
        public = serving_beside(app, settings.gateway_host, settings.gateway_port, settings.log_level)
        needed.append(await opened.enter_async_context(public))
        asked = asyncio.create_task(stopping.wait())
        await asyncio.wait((*needed, asked), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        for ended in needed:
            if ended.done():
                ended.result()  # no port, or a fault of the projector: say so and end
    _LOG.info("stopped")


def gateway_app(services: GatewayServices, traces: tracing.Tracing) -> FastAPI:
    """The application with its traces."""
    app = create_app(services)
    traces.instrument_app(app)
    return app


def metrics_app() -> Starlette:
    """The metrics, for a port of their own: whom applicants can reach tells them nothing of the city's business."""
    return Starlette(routes=[metrics_route()])


async def _services(
    settings: Settings,
    watch: DirectoryWatch,
    record: OpenRecord,
    traces: tracing.Tracing,
    fetching: httpx.AsyncClient,
    collects_by: CollectsBy,
) -> GatewayServices:
    crypto = suite(settings.crypto_suite)
    fingerprint_key = crypto.derive_key(settings.record_mac_key_bytes(), b"fingerprint of a request")
    client = await connect_temporal(settings, traces.temporal_plugins(), runtime=temporal_runtime(), lazy=True)
    known_calendar = PublishedCalendars(record.calendars)
    return GatewayServices(
        settings=GatewaySettings(
            public_url=settings.gateway_url,
            city=settings.city_code,
            sandbox=settings.time_can_be_skipped,
            largest_content=settings.largest_material_megabytes * 1024 * 1024,
            draft_lifetime=settings.draft_hours * 3600,
        ),
        catalogue=offer(Catalogue(settings.bundle_directory), crypto.digest),
        store=record.events,
        intake=record.intake,
        calendars=record.calendars,
        known_calendar=known_calendar,
        secrets=case_secrets(settings, record),
        lists=CaseLists(record.database),
        supervision=Supervision(record.database, known_calendar),
        department_records=DepartmentRecords(record.database),
        signers=Signers(record.database),
        cases=TemporalCases(client, settings.temporal_task_queue),
        tokens=token_verifier(settings, fetching),
        contents=record.contents,
        workbench=record.workbench,
        on_workbench=watch.is_on_workbench,
        refused_calls=RefusedCallBook(record.database),
        department_key=watch.key,
        learn_keys=watch.catch_up,
        fingerprint=lambda body: crypto.mac(fingerprint_key, body),
        receipt_keys=settings.receipt_key_ring(),
        in_our_words=watch.in_our_words,
        maintenance_until=watch.maintenance_until,
        office_days=watch.office_days,
        department_cards=lambda: department_cards(watch.current),
        directory_is_stale=lambda: watch.is_stale,
        collects_by=collects_by,
    )


def token_verifier(settings: Settings, fetching: httpx.AsyncClient) -> TokenVerifier:
    """Judges the tokens of the issuer that these settings name; ``fetching`` gets its keys where they have a URL."""
    return TokenVerifier(
        issuer=settings.oidc_issuer or "",
        audience=settings.oidc_audience,
        keys=_token_keys(settings, fetching),
        roles_claim=settings.oidc_roles_claim,
        departments_claim=settings.oidc_departments_claim,
        identity_claim=settings.oidc_identity_claim,
    )


def _token_keys(settings: Settings, fetching: httpx.AsyncClient) -> TokenKeys:
    if settings.oidc_jwks_file is not None:
        return StaticKeys(json.loads(settings.oidc_jwks_file.read_text()))
    return FetchedKeys(str(settings.oidc_jwks_url), fetching)
