"""Everything plugged together: from settings to the connections and services that a role works with."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from temporalio.client import Client, Plugin
from temporalio.runtime import Runtime
from temporalio.service import GrpcCompression, TLSConfig

from adapters.directory import DepartmentDirectory, open_directory
from adapters.kinds import Surroundings
from event_store.calendars import Calendars
from event_store.case_keys import CaseKeys
from event_store.case_secrets import CaseSecrets
from event_store.contents import Contents
from event_store.department_health import DepartmentHealth
from event_store.intake import Intake
from event_store.look_up_cache import LookUpCache
from event_store.pool import Database, StoreSettings
from event_store.store import EventStore
from event_store.workbench import Workbench
from runtime.department_directory import LoadedDirectory, load_directory
from runtime.directory_watch import DirectoryWatch
from runtime.settings import Settings
from runtime.workbench_record import WorkbenchFromRecord
from security.payload_codec import data_converter
from security.suites import suite


@dataclass(frozen=True)
class OpenRecord:
    """The record and what stands beside it in the same database."""

    database: Database
    events: EventStore
    keys: CaseKeys
    intake: Intake
    calendars: Calendars
    contents: Contents
    department_health: DepartmentHealth
    workbench: Workbench
    look_up_cache: LookUpCache


def store_settings(settings: Settings, role: str) -> StoreSettings:
    """How a process of this role reaches PostgreSQL."""
    return StoreSettings(
        url=settings.database_address(),
        application_name=f"one-thing {role}",
        largest_pool=settings.database_pool_size,
    )


@asynccontextmanager
async def open_record(settings: Settings, role: str) -> AsyncIterator[OpenRecord]:
    """Connections to PostgreSQL for one process. Raises StoreUnavailable."""
    mac_key = settings.record_mac_key_bytes() if settings.record_mac_key is not None else b""
    async with Database(store_settings(settings, role)) as database:
        yield OpenRecord(
            database=database,
            events=EventStore(database, suite(settings.crypto_suite), mac_key),
            keys=CaseKeys(database),
            intake=Intake(database),
            calendars=Calendars(database),
            contents=Contents(database),
            department_health=DepartmentHealth(database),
            workbench=Workbench(database),
            look_up_cache=LookUpCache(database),
        )


def note_mac(settings: Settings) -> Callable[[bytes], bytes]:
    """Authenticates what is noted beside exchanged batches, alike in every process of this deployment."""
    crypto = suite(settings.crypto_suite)
    key = crypto.derive_key(settings.record_mac_key_bytes(), b"a note beside exchanged batches")
    return lambda said: crypto.mac(key, said)


def case_secrets(settings: Settings, record: OpenRecord) -> CaseSecrets:
    """What opens and seals personal data in this process."""
    return CaseSecrets(record.keys, settings.master_key_ring())


async def connect_temporal(
    settings: Settings, plugins: Sequence[Plugin] = (), *, runtime: Runtime | None = None, lazy: bool = False
) -> Client:
    """A client of the Temporal cluster that encrypts all payloads. ``lazy`` connects with the first call.

    Raises RuntimeError when Temporal cannot be reached and the client is not lazy.
    """
    if settings.temporal_address is None:
        raise ValueError("the address of Temporal is checked when settings are loaded")
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=data_converter(settings.payload_key_ring()),
        tls=_tls(settings),
        api_key=settings.temporal_api_key.get_secret_value() if settings.temporal_api_key is not None else None,
        plugins=plugins,
        runtime=runtime,
        lazy=lazy,
        grpc_compression=GrpcCompression.NONE,  # what is encrypted cannot be compressed: trying costs both sides time
    )


def _tls(settings: Settings) -> TLSConfig | bool:
    if not settings.uses_tls:
        return False
    return TLSConfig(
        server_root_ca_cert=_bytes(settings.temporal_tls_authority),
        domain=settings.temporal_tls_server_name,
        client_cert=_bytes(settings.temporal_tls_certificate),
        client_private_key=_bytes(settings.temporal_tls_key),
    )


def _bytes(file: Path | None) -> bytes | None:
    return None if file is None else file.read_bytes()


def known_departments(settings: Settings) -> LoadedDirectory:
    """The departments of the directory file, and their keys. Raises DirectoryUnusable with every fault."""
    return load_directory(_directory_file(settings))


def _directory_file(settings: Settings) -> Path:
    if settings.department_directory is None:
        raise ValueError("the directory of departments is checked when settings are loaded")
    return settings.department_directory


def watch_departments(settings: Settings) -> DirectoryWatch:
    """The departments of the directory file, as it is and as it will be. Raises DirectoryUnusable with every fault."""
    return DirectoryWatch(_directory_file(settings))


@asynccontextmanager
async def open_departments(
    settings: Settings,
    watch: DirectoryWatch,
    record: OpenRecord,
    trace: Callable[[httpx.AsyncClient], None] = lambda _: None,
) -> AsyncIterator[DepartmentDirectory]:
    """Ports to all departments as ``watch`` has them; their connections are closed at the end.

    ``trace`` instruments each client.
    """
    desk = WorkbenchFromRecord(record.events, record.workbench, case_secrets(settings, record))
    around = Surroundings(trace, settings.department_timeout_seconds, desk, note_mac(settings))
    async with open_directory(watch.current.departments.values(), around) as directory:
        yield directory


@asynccontextmanager
async def watching(watch: DirectoryWatch, take: Callable[[LoadedDirectory], Awaitable[None]]) -> AsyncIterator[None]:
    """Meanwhile changes of the file are taken, by themselves and upon SIGHUP."""
    loop = asyncio.get_running_loop()
    looking = asyncio.create_task(watch.run(take))
    loop.add_signal_handler(signal.SIGHUP, watch.look_now)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
