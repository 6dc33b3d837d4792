"""The embedded city: every server and role of the product on one machine, started and watched by one supervisor."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from adapters.sandbox.departments import departments_of
from one_things.catalogue import Catalogue
from runtime.embedded.child import end_leftover
from runtime.embedded.faults import EmbeddedFault
from runtime.embedded.places import DirectoryLock, default_data_dir, make_data_dir
from runtime.embedded.ports import HOST, RememberedPorts
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.program import Program, run_job
from runtime.embedded.secrets import AUDIENCE, ISSUER, CitySecrets
from runtime.embedded.supervisor import Phase, Progress, Report, Supervisor, side_by_side
from runtime.embedded.temporal_server import DEFAULT_NAMESPACE, EmbeddedTemporal
from runtime.settings import PREFIX, SECRETS_DIR_VARIABLE

DATABASE = "onething"

_LEFTOVER_PATIENCE = 20.0  # seconds, before SIGKILL
_DATABASE_URL = f"{PREFIX}DATABASE_URL"
_TEMPORAL_ADDRESS = f"{PREFIX}TEMPORAL_ADDRESS"

# Where each role answers when it is ready: an address of `urls`, and a path.
_READY = {"departments": ("departments", "/health"), "worker": ("worker", "/ready"), "serve": ("gateway", "/ready")}


def _silence(progress: Progress) -> None:
    """Nobody waits in front of a screen."""


class City:
    """PostgreSQL, Temporal, departments, worker and gateway of one data directory.

    Use it as an asynchronous context manager, or call `start` and `stop`. `report` hears what is being waited for.
    Settings of the caller's environment win over the city's own: with `ONETHING_DATABASE_URL` or
    `ONETHING_TEMPORAL_ADDRESS` set, that server is used and none is started. `environment` replaces `os.environ`;
    `roles` leaves out roles that run elsewhere.

    Errors of `start`: `DirectoryTaken`, `UnusablePlace`, `MissingBinary`, `ServerDidNotStart`; `FileRefused` when a
    bundle of `ONETHING_BUNDLE_DIRECTORY` holds a mistake.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        report: Report = _silence,
        environment: Mapping[str, str] | None = None,
        roles: tuple[str, ...] = ("departments", "worker", "serve"),
    ) -> None:
        self.data_dir = data_dir or default_data_dir()
        self._report = report
        self._roles = roles
        self._given = dict(os.environ if environment is None else environment)
        self._supervisor: Supervisor | None = None
        self._lock: DirectoryLock | None = None
        self._ports: RememberedPorts | None = None
        self._own: dict[str, str] = {}
        self._departments: tuple[str, ...] = ()

    # --- what others use --------------------------------------------------------------------------------------------

    @property
    def logs(self) -> Path:
        """The folder with one log file per role."""
        return self.data_dir / "logs"

    @property
    def spans(self) -> Path:
        """The folder with one file of finished spans per role."""
        return self.data_dir / "spans"

    @property
    def secrets(self) -> CitySecrets:
        """The city's secrets and sample tokens."""
        return CitySecrets(self.data_dir)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every role: the caller's, completed by the city. Secrets are in it by folder only."""
        return {**self._own, **self._given}

    @property
    def urls(self) -> dict[str, str]:
        """Where the city listens: `gateway`, `departments`, `worker`, `temporal` (host:port)."""
        settings = self.environment
        return {
            "gateway": f"http://{HOST}:{settings[f'{PREFIX}GATEWAY_PORT']}",
            "departments": f"http://{HOST}:{settings[f'{PREFIX}SANDBOX_PORT']}",
            "worker": f"http://{HOST}:{settings[f'{PREFIX}WORKER_PORT']}",
            "temporal": settings[_TEMPORAL_ADDRESS],
        }

    @property
    def workbenches(self) -> tuple[str, ...]:
        """The departments that have no system here, by ONETHING_WORKBENCH_DEPARTMENTS: officers work on our pages."""
        named = self.environment.get(f"{PREFIX}WORKBENCH_DEPARTMENTS", "")
        return tuple(code for code in (one.strip() for one in named.split(",")) if code)

    @property
    def pids(self) -> dict[str, int]:
        """The process id of every role that runs: postgres, temporal, departments, worker, serve."""
        return self._running().pids

    async def kill(self, role: str, *, restart: bool = True) -> None:
        """SIGKILL a role. It is restarted at once, or with `restart=False` after `release`."""
        await self._running().kill(role, restart=restart)

    def release(self, role: str) -> None:
        """Let a role that was killed with `restart=False` come back."""
        self._running().release(role)

    async def until_ready(self, role: str) -> None:
        """Wait until a role is ready (again). Errors: `RoleKeepsDying`."""
        await self._running().until_ready(role)

    async def wait(self) -> None:
        """Run on; returns never. Errors: `RoleKeepsDying` when a role cannot be kept alive."""
        await self._running().wait()

    async def __aenter__(self) -> City:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # --- start and stop ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start everything in order and wait until all of it is ready."""
        self.data_dir = make_data_dir(self.data_dir)
        self._lock = DirectoryLock(self.data_dir, "a city")
        self._lock.take()
        self._supervisor = Supervisor(self._report)
        try:
            await self._start(self._supervisor)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop everything in reverse order; without effect when nothing runs."""
        if self._supervisor is not None:
            await self._supervisor.stop()
            self._supervisor = None
        if self._ports is not None:
            self._ports.release()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def _start(self, supervisor: Supervisor) -> None:
        for folder in (self.logs, self.spans):
            folder.mkdir(mode=0o700, exist_ok=True)
        for role in _READY:  # left over from a supervisor that was killed, they would hold the ports
            await end_leftover(self.logs / f"{role}.log", _LEFTOVER_PATIENCE)
        ports = self._ports = RememberedPorts(self.data_dir / "city.json")
        postgres = EmbeddedPostgres(self.data_dir / "postgres", ports=ports)
        temporal = EmbeddedTemporal(self.data_dir / "temporal", ports=ports)
        own_postgres = not self._given.get(_DATABASE_URL)
        own_temporal = not self._given.get(_TEMPORAL_ADDRESS)
        servers = [server for server, ours in ((postgres, own_postgres), (temporal, own_temporal)) if ours]
        await side_by_side(supervisor.start(servers), self._read_bundles())
        database_url = await postgres.create_database(DATABASE) if own_postgres else None
        if own_temporal:
            self._own |= {_TEMPORAL_ADDRESS: temporal.address, f"{PREFIX}TEMPORAL_NAMESPACE": DEFAULT_NAMESPACE}
        self._own |= self._own_settings(ports)
        self.secrets.make(self.urls["departments"], self._departments, database_url, self.workbenches)

        # Departments know nothing of the database; and they come before the worker, whose open cases look for them.
        await side_by_side(self._migrate(), supervisor.start(self._programs("departments")))
        await supervisor.start(self._programs("worker", "serve"))

    async def _read_bundles(self) -> None:
        """The departments are those that the bundles in force name. In a thread: it takes as long as a server."""
        folder = self._given.get(f"{PREFIX}BUNDLE_DIRECTORY")
        catalogue = await asyncio.to_thread(Catalogue, Path(folder) if folder else None)
        self._departments = departments_of(catalogue)

    async def _migrate(self) -> None:
        self._report(Progress("migrate", Phase.STARTING))
        await run_job("migrate", logs=self.logs, environment=self.environment)
        self._report(Progress("migrate", Phase.READY))

    def _programs(self, *roles: str) -> list[Program]:
        return [self._program(role) for role in roles if role in self._roles]

    def _program(self, role: str) -> Program:
        address, path = _READY[role]
        return Program(
            role,
            logs=self.logs,
            environment=lambda: self.environment,
            ready_url=lambda: self.urls[address] + path,
        )

    def _own_settings(self, ports: RememberedPorts) -> dict[str, str]:
        """What the city sets for its roles, secrets aside."""
        secrets = self.secrets
        return {
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            SECRETS_DIR_VARIABLE: str(secrets.folder),
            f"{PREFIX}DATA_DIR": str(self.data_dir),
            f"{PREFIX}TIME_CAN_BE_SKIPPED": "true",
            f"{PREFIX}SPAN_DIRECTORY": str(self.spans),
            f"{PREFIX}OIDC_ISSUER": ISSUER,
            f"{PREFIX}OIDC_AUDIENCE": AUDIENCE,
            f"{PREFIX}OIDC_JWKS_FILE": str(secrets.key_set_file),
            f"{PREFIX}GATEWAY_PORT": str(ports.claim("gateway", 8080)),
            f"{PREFIX}METRICS_PORT": str(ports.claim("gateway-metrics")),
            f"{PREFIX}WORKER_PORT": str(ports.claim("worker")),
            f"{PREFIX}SANDBOX_PORT": str(ports.claim("departments")),
            f"{PREFIX}SANDBOX_DATABASE": str(self.data_dir / "departments.db"),
            f"{PREFIX}SANDBOX_CREDENTIALS": str(secrets.departments.sandbox_file),
            f"{PREFIX}DEPARTMENT_DIRECTORY": str(secrets.departments.directory_file),
        }

    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise EmbeddedFault("the city is not running")
        return self._supervisor
