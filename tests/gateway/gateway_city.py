"""A gateway as it runs for people: uvicorn on a free port over a real PostgreSQL; only Temporal is played."""

import asyncio
import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn
from pydantic import JsonValue

from activities.calendars import PublishedCalendars
from adapters.configuration.codes import Codes
from adapters.translated import in_our_words
from event_store.calendars import Calendars
from event_store.case_keys import CaseKeys
from event_store.case_projection import CaseProjection
from event_store.case_secrets import CaseSecrets
from event_store.contents import Contents
from event_store.intake import Intake
from event_store.migrations import migrate
from event_store.pool import Database, StoreSettings
from event_store.projector import Projector
from event_store.refused_calls import RefusedCallBook
from event_store.signers import Signers
from event_store.store import EventStore
from event_store.workbench import Workbench
from gateway.app import create_app
from gateway.case_lists import CaseLists
from gateway.department_records import DepartmentRecords
from gateway.live import LiveRecord
from gateway.offers import offer
from gateway.services import GatewayServices
from gateway.settings import GatewaySettings
from gateway.supervising.reading import Supervision
from gateway.supervising.views import DepartmentCard
from one_things.catalogue import Catalogue
from one_things.office_days import OfficeDays
from one_things.sealed import Sealed
from runtime.embedded.postgres import EmbeddedPostgres
from security.attestations import AttestationKeys
from security.keys import MasterKeyRing
from security.signatures import sign
from security.signing_keys import SigningKey, VerificationKey
from security.suites import suite
from security.tokens import EmbeddedIssuer, Role
from tests.gateway.applications import an_application
from tests.gateway.played_cases import PlayedCases

_NUMBERS = itertools.count(1)
_SUITE = suite("international")
DEPARTMENTS = ("fire-rescue", "market-regulation", "tax", "human-resources", "medical-insurance", "customs", "bank",
               "land-registry", "postal", "old-bank", "new-bank", "urban-management")  # fmt: skip
WORKBENCHES = ("tax", "human-resources", "market-regulation", "old-bank", "urban-management")
"""Departments whose officers work on our pages; their signed doors are open all the same."""
CODES = {"tax": Codes(items={"tax-clearance": "SW-0042"}, reasons={"E17": "tax-owed"})}


@asynccontextmanager
async def postgres_server() -> AsyncIterator[EmbeddedPostgres]:
    """One server with a migrated template."""
    # Not pytest's own temporary folder: it is closed to the unprivileged user that PostgreSQL runs as under root.
    home = tempfile.mkdtemp(prefix="onething-gateway-")
    os.chmod(home, 0o711)
    try:
        async with EmbeddedPostgres(Path(home) / "postgres", options={"fsync": "off"}) as postgres:
            await migrate(await postgres.create_database("template_migrated"))
            yield postgres
    finally:
        shutil.rmtree(home)


async def until(condition: Callable[[], Awaitable[bool]], patience: float = 30) -> None:
    """Wait for something that happens on the other side of HTTP; fails after ``patience`` seconds."""
    async with asyncio.timeout(patience):
        while not await condition():  # noqa: ASYNC110 - it happens elsewhere, nobody here could set an event
            await asyncio.sleep(0.05)


async def fresh_database(server: EmbeddedPostgres) -> str:
    """The URL of a new migrated database."""
    name = f"gateway_{next(_NUMBERS)}"
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template_migrated STRATEGY file_copy")
    finally:
        await connection.close()
    return server.url(name)


@dataclass
class City:
    """The gateway under test, and everything a test needs around it."""

    url: str
    cases: PlayedCases
    services: GatewayServices
    database: Database
    issuer: EmbeddedIssuer
    keys: dict[str, SigningKey]
    http: httpx.AsyncClient
    live: LiveRecord
    broken_directory: list[str]
    cards: dict[str, DepartmentCard]
    office: dict[str, OfficeDays]
    _applied: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def token(
        self,
        subject: str = "applicant-1",
        role: Role = Role.APPLICANT,
        valid_for: int = 3600,
        identity: str | None = None,
        departments: Sequence[str] = (),
    ) -> str:
        return self.issuer.mint(subject, [role], departments, valid_for=timedelta(seconds=valid_for), identity=identity)

    def bearer(self, subject: str = "applicant-1", role: Role = Role.APPLICANT) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(subject, role)}"}

    def officer(self, *departments: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token('officer-1', Role.OFFICER, departments=departments)}"}

    def operator(self) -> dict[str, str]:
        return self.bearer("operator-1", Role.OPERATOR)

    async def apply(self, subject: str = "applicant-1", **changes: JsonValue) -> str:
        """A case of this applicant; its number."""
        headers = {**self.bearer(subject), "Idempotency-Key": f"key-{next(self._applied)}"}
        response = await self.http.post("/cases", json=an_application(**changes), headers=headers)
        assert response.status_code in {201, 202}, response.text
        return str(response.json()["case_no"])

    async def decide(self, department: str, body: bytes, *, path: str | None = None, key: str | None = None,
                     **signing: Any) -> httpx.Response:  # fmt: skip
        """A decision, signed by the department's key (or by another's)."""
        target = path or f"/departments/{department}/decisions"
        headers = {"Content-Type": "application/json"}
        signed = sign("POST", self.url + target, headers, body, self.keys[key or department], **signing)
        return await self.http.post(target, content=body, headers={**headers, **signed})

    async def sealed(self, case_no: str, text: str) -> Sealed:
        """A text under the key of this case."""
        return await self.services.secrets.seal_text(case_no, text)

    async def erase(self, case_no: str) -> None:
        """Destroy the key of this case, and forget it here as every process does after a while."""
        await CaseKeys(self.database).destroy(case_no)
        self.services.secrets._held.clear()

    async def project(self) -> None:
        """Bring the read models up to the record."""
        await Projector(self.database, CaseProjection()).catch_up()


@asynccontextmanager
async def city_of(
    database_url: str, folder: Path, *, send_buffer: int | None = None, bundles: Path | None = None, **settings: Any
) -> AsyncIterator[City]:
    """A running gateway over this database."""
    keys = {code: SigningKey.generate(f"{code}.1") for code in DEPARTMENTS}
    public: dict[str, VerificationKey] = {key.id: key.verification_key() for key in keys.values()}
    now = datetime.now(UTC)
    dated: tuple[tuple[str, str, dict[str, datetime]], ...] = (
        ("tax, expired", "tax.0", {"valid_until": now}),
        ("tax, to come", "tax.9", {"valid_from": now + timedelta(days=1)}),
    )
    for name, key_id, dates in dated:
        keys[name] = SigningKey.generate(key_id)
        public[key_id] = replace(keys[name].verification_key(), **dates)
    issuer = EmbeddedIssuer(folder, issuer="https://issuer.test", audience="onething")
    # Patient with a busy machine: these tests are about HTTP, not about a slow database.
    patience = {"acquire_timeout": 60, "connect_timeout": 60, "statement_timeout": 60}
    store_settings = StoreSettings(
        url=database_url, largest_pool=12, poll_interval=30, reconnect_interval=0.05, **patience
    )
    async with Database(store_settings) as database:
        store = EventStore(database, _SUITE, b"k" * 32)
        cases, broken = PlayedCases(store), list[str]()
        cards = {code: DepartmentCard(code=code, kind="http-push") for code in DEPARTMENTS}
        office = dict[str, OfficeDays]()
        services = GatewayServices(
            settings=GatewaySettings(
                public_url="http://127.0.0.1", **{"leftover_age": 0, "leftover_interval": 0.3, **settings}
            ),
            catalogue=offer(Catalogue(bundles), _SUITE.digest),
            store=store,
            intake=Intake(database),
            calendars=Calendars(database),
            known_calendar=PublishedCalendars(Calendars(database)),
            secrets=CaseSecrets(CaseKeys(database), MasterKeyRing.generate("m1")),
            lists=CaseLists(database),
            supervision=Supervision(database, PublishedCalendars(Calendars(database))),
            department_records=DepartmentRecords(database),
            signers=Signers(database),
            cases=cases,
            tokens=issuer.verifier(),
            contents=Contents(database),
            workbench=Workbench(database),
            on_workbench=WORKBENCHES.__contains__,
            refused_calls=RefusedCallBook(database),
            department_key=public.get,
            fingerprint=lambda body: _SUITE.mac(b"f" * 32, body),
            receipt_keys=AttestationKeys.generate("r1"),
            in_our_words=lambda department, body: in_our_words(CODES.get(department, Codes()), body),
            department_cards=lambda: cards,
            office_days=lambda department: office.get(department, OfficeDays()),
            directory_is_stale=lambda: bool(broken),
        )
        app = create_app(services)
        # No TLS here, and reading the authorities would take longer than the gateway's whole start.
        untrusting = httpx.AsyncClient(timeout=30, trust_env=False, verify=False)
        async with served(app, send_buffer) as (url, state), untrusting as http:
            http.base_url = url
            yield City(url, cases, services, database, issuer, keys, http, state["live"], broken, cards, office)


@asynccontextmanager
async def served(app: Any, send_buffer: int | None = None) -> AsyncIterator[tuple[str, Any]]:
    """The application on a free port of 127.0.0.1: its URL and its lifespan state.

    A small ``send_buffer`` (bytes) lets a test notice at once that a reader takes nothing.
    """
    # The protocol is named because asyncio only then turns off the delay of small segments (40 ms an answer).
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    if send_buffer is not None:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1, lifespan="on")
    server = uvicorn.Server(config)
    # Signals belong to pytest.
    task = asyncio.create_task(server._serve(sockets=[listening]))
    try:
        while not server.started:
            assert not task.done(), "the gateway did not start"
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", server.lifespan.state
    finally:
        server.should_exit = True
        await task
