"""The worker as a process: it carries out cases until it is asked to stop, and says on a port of its own how it is."""

import asyncio
import logging
import signal
from contextlib import AsyncExitStack
from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.worker import Worker

from activities.admission import Admission
from activities.asking import DepartmentActivities
from activities.calendars import PublishedCalendars
from activities.delivery import DeliveryActivities
from activities.looking_up import LookUpActivities
from activities.promises import PromiseActivities
from activities.reckoning import Reckoning
from activities.recording import RecordingActivities
from activities.signing import SigningActivities
from activities.sources import Sources
from activities.submitting_together import TogetherActivities
from event_store.department_slots import DepartmentSlots
from observability import logs, tracing
from observability.metrics_server import metrics_route
from observability.temporal import temporal_runtime
from runtime.department_directory import LoadedDirectory
from runtime.department_health import HealthKeeper
from runtime.department_workers import DepartmentWorkers
from runtime.directory_watch import DirectoryWatch
from runtime.serving import serving_beside
from runtime.settings import Settings
from runtime.wiring import (
    case_secrets,
    connect_temporal,
    open_departments,
    open_record,
    store_settings,
    watch_departments,
    watching,
)
from runtime.worker import Activities, case_worker

_LOG = logging.getLogger("onething.worker")
_BETWEEN_TRIES = 1.0  # seconds


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then let running activities end."""
    logs.setup("worker", level=settings.log_level.upper())
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as opened:
        traces = opened.enter_context(
            tracing.setup("worker", otlp_endpoint=_text(settings.otlp_endpoint), span_directory=settings.span_directory)
        )
        watch = watch_departments(settings)
        record = await opened.enter_async_context(open_record(settings, "worker"))
        directory = await opened.enter_async_context(
            open_departments(settings, watch, record, traces.instrument_client)
        )
        client = await _connect_patiently(settings, traces, stopping)
        if client is None:
            return
        health = HealthKeeper(record.department_health)
        await opened.enter_async_context(health.keeping())
        admission = Admission(directory, health.breakers)
        find = admission.find
        reckoning = Reckoning(PublishedCalendars(record.calendars))
        secrets = case_secrets(settings, record)
        sources = Sources(find, secrets, record.look_up_cache, directory.fresh_for_seconds)
        gateway_url = settings.gateway_url_for_departments
        graceful = timedelta(seconds=settings.worker_graceful_seconds)
        departments_asked = DepartmentActivities(find, secrets, reckoning, gateway_url, sources)
        activities = Activities(
            departments_asked,
            TogetherActivities(departments_asked, admission.is_slow),
            LookUpActivities(find, secrets, sources),
            SigningActivities(find, secrets, gateway_url),
            PromiseActivities(find, secrets, gateway_url, sources),
            DeliveryActivities(find, secrets, gateway_url),
            RecordingActivities(record.events),
            reckoning,
        )
        worker = case_worker(
            client,
            settings.temporal_task_queue,
            activities,
            sandboxed=settings.worker_sandboxed,
            graceful_shutdown=graceful,
        )
        slots = await opened.enter_async_context(DepartmentSlots(store_settings(settings, "worker: slots")))
        departments = DepartmentWorkers(
            client, settings.temporal_task_queue, activities.asking_departments, directory, slots, graceful
        )
        await departments.serve(directory.entries)

        async def take(loaded: LoadedDirectory) -> None:
            await directory.take(loaded.departments.values())
            await departments.serve(directory.entries)

        async with watching(watch, take):
            await _work(worker, departments, watch, settings, stopping)


async def _work(
    worker: Worker, departments: DepartmentWorkers, watch: DirectoryWatch, settings: Settings, stopping: asyncio.Event
) -> None:
    """Work and answer on the status port until asked to stop. Raises what ends a worker by itself."""
    async with AsyncExitStack() as beside:
        if settings.worker_port is not None:
            await beside.enter_async_context(
                serving_beside(_status(worker, watch), settings.worker_host, settings.worker_port, settings.log_level)
            )
        _LOG.info("working on task queue %s", settings.temporal_task_queue)
        working = asyncio.create_task(worker.run())
        asked = asyncio.create_task(stopping.wait())
        await asyncio.wait((working, asked, departments.broken), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        ending = [departments.stop()]
        if not working.done():
            ending.append(worker.shutdown())
        await asyncio.gather(*ending)
        await working
        if departments.broken.done():
            departments.broken.result()
    _LOG.info("stopped")


async def _connect_patiently(settings: Settings, traces: tracing.Tracing, stopping: asyncio.Event) -> Client | None:
    """A client as soon as Temporal answers; None when we were asked to stop first."""
    runtime = temporal_runtime()
    while not stopping.is_set():
        try:
            return await connect_temporal(settings, traces.temporal_plugins(), runtime=runtime)
        except RuntimeError as error:
            _LOG.warning("waiting for Temporal: %s", error)
            await asyncio.sleep(_BETWEEN_TRIES)
    return None


def _status(worker: Worker, watch: DirectoryWatch) -> Starlette:
    async def ready(_: Request) -> Response:
        standing = {"working": worker.is_running, "departments": "stale" if watch.is_stale else "ok"}
        return JSONResponse(standing, status_code=200 if worker.is_running else 503)

    return Starlette(routes=[Route("/ready", ready), metrics_route()])


def _text(url: object) -> str | None:
    return None if url is None else str(url)
