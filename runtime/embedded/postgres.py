"""PostgreSQL from a wheel, as our own child process on 127.0.0.1.

The wheel brings its own starter, which we leave aside: it listens on a Unix socket only, trusts every local user, and
as root opens every folder above the data to all. Here: a password (SCRAM), a TCP port, and folders left as they are.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil  # type: ignore[import-untyped]

from runtime.embedded.child import Child, User, end_leftover, last_lines
from runtime.embedded.faults import EmbeddedFault, ServerDidNotStart
from runtime.embedded.places import PRIVATE, DirectoryLock, make_data_dir
from runtime.embedded.ports import HOST, RememberedPorts
from runtime.embedded.postgres_programs import programs_for, server_user
from runtime.embedded.secret_files import kept_secret, write_private

OWNER = "onething"
"""The database role that owns everything in the embedded cluster."""

_START_PATIENCE = 60.0  # seconds; recovery after a crash on a slow disk takes a while
_STOP_PATIENCE = 20.0  # seconds for a fast shutdown, before SIGKILL
_LOOK_AGAIN = 0.02  # seconds between two looks at the server's state file
_STILL_HELD = ("pre-existing shared memory block", "lock file")  # the last of a killed server's processes is going
_PORT_TAKEN = "could not bind"


class EmbeddedPostgres:
    """One PostgreSQL cluster in `data_dir`, started and stopped by us.

    Use it as an asynchronous context manager, or call `start` and `stop`. A restart keeps port, password and data, also
    after SIGKILL. `options` are further server settings (`{"log_statement": "all"}`).
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        ports: RememberedPorts | None = None,
        options: dict[str, str] | None = None,
    ) -> None:
        self._home = data_dir
        self._ports = ports
        self._options = options or {}
        self._child: Child | None = None
        self._lock: DirectoryLock | None = None
        self._port: int | None = None
        self._password = ""

    name = "postgres"

    @property
    def pid(self) -> int:
        """The server's process id. Errors: `EmbeddedFault` when it does not run."""
        return self._running().pid

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; known from the first start on."""
        if self._port is None:
            raise EmbeddedFault("PostgreSQL has not been started yet")
        return self._port

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._home / "postgres.log"

    def url(self, database: str = "postgres") -> str:
        """The URL of a database of this cluster, with the password: not for logs."""
        return f"postgresql://{OWNER}:{quote(self._password, safe='')}@{HOST}:{self.port}/{quote(database, safe='')}"

    async def __aenter__(self) -> EmbeddedPostgres:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it takes connections.

        Errors: `DirectoryTaken`, `UnusablePlace`, `MissingBinary`, `ServerDidNotStart`.
        """
        if self._child is not None and self._child.exit_code is None:
            return
        self._home = make_data_dir(self._home)
        if self._lock is None:
            lock = DirectoryLock(self._home, "PostgreSQL")
            lock.take()
            self._lock = lock
        try:
            user = server_user(self._home, self._cluster)
            programs = programs_for(user, self._home)
            self._password = self._kept_password()
            if not (self._cluster / "PG_VERSION").exists():
                await self._make_cluster(programs, user)
            await end_leftover(self.log, _STOP_PATIENCE)
            self._clear_stale_pid()
            await self._start_server(programs, user)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Fast shutdown: sessions are cut, data is written; without effect when it does not run."""
        if self._child is not None:
            await self._child.stop(_STOP_PATIENCE)
            self._child = None
        if self._ports is None:  # else they are released with all others of the city
            self._known_ports().release()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def kill(self) -> None:
        """End the server with SIGKILL, as a crash would; `start` recovers from it."""
        await self._running().kill()

    async def wait(self) -> int:
        """Wait until the server ends, for whatever reason; returns its exit code."""
        if self._child is None:
            raise EmbeddedFault("PostgreSQL is not running")
        return await self._child.wait()

    async def create_database(self, database: str) -> str:
        """Make `database` unless it exists, and return its URL."""
        connection = await asyncpg.connect(self.url())
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", database):
                quoted = '"' + database.replace('"', '""') + '"'
                await connection.execute(f"CREATE DATABASE {quoted}")
        finally:
            await connection.close()
        return self.url(database)

    @property
    def _cluster(self) -> Path:
        return self._home / "cluster"

    def _known_ports(self) -> RememberedPorts:
        return self._ports or RememberedPorts(self._home / "ports.json")

    def _running(self) -> Child:
        if self._child is None or self._child.exit_code is not None:
            raise EmbeddedFault("PostgreSQL is not running")
        return self._child

    # --- before the start -----------------------------------------------------------------------------------------

    def _kept_password(self) -> str:
        return kept_secret(self._home / "password", lambda: secrets.token_urlsafe(32))

    async def _make_cluster(self, programs: Path, user: User | None) -> None:
        """`initdb` beside its place, then one rename: an interrupted one leaves no half cluster."""
        fresh = self._home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=PRIVATE)
        password = self._home / "password.new"
        write_private(password, self._password)
        if user is not None:
            os.chown(fresh, user.uid, user.gid)
            os.chown(password, user.uid, user.gid)
        try:
            child = await Child.start(
                [
                    str(programs / "initdb"),
                    f"--pgdata={fresh}",
                    f"--username={OWNER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--data-checksums",
                    "--no-instructions",
                ],
                log=self.log,
                directory=self._home,
                user=user,
                environment={"PATH": os.defpath, "TZ": "UTC"},
            )
            if await child.wait() != 0:
                raise ServerDidNotStart(
                    f"PostgreSQL could not make its cluster: {last_lines(self.log, 3)}", log=self.log
                )
        finally:
            password.unlink()
        fresh.rename(self._cluster)

    def _clear_stale_pid(self) -> None:
        """Remove a killed server's pid file when its number belongs to another program by now.

        PostgreSQL itself takes any living process of its user with that number for a running server.
        """
        state = self._cluster / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
            if psutil.Process(int(state.read_text().splitlines()[0])).name() != "postgres":
                state.unlink()

    # --- the start ------------------------------------------------------------------------------------------------

    async def _start_server(self, programs: Path, user: User | None) -> None:
        """Start the server; again when the last of a killed one's processes still holds on, or a port was taken."""
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        ports = self._known_ports()
        while True:
            self._port = ports.claim("postgres", self._port)
            began = self.log.stat().st_size if self.log.exists() else 0
            child = await Child.start(
                [str(programs / "postgres"), "-D", str(self._cluster), *self._server_options()],
                log=self.log,
                directory=self._home,
                user=user,
                environment={"PATH": os.defpath, "TZ": "UTC"},
                stop_signal=signal.SIGINT,
            )
            self._child = child
            if await self._is_ready(child, deadline):
                return
            await child.kill()
            said = self.log.read_bytes()[began:].decode(errors="replace")
            late = asyncio.get_running_loop().time() >= deadline
            if not late and _PORT_TAKEN in said:
                ports.forget("postgres")
                self._port = None
            elif not late and any(sign in said for sign in _STILL_HELD):
                await asyncio.sleep(5 * _LOOK_AGAIN)
            else:
                raise ServerDidNotStart(f"PostgreSQL did not start: {last_lines(self.log, 3)}", log=self.log)

    def _server_options(self) -> list[str]:
        options = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            # Refused statements and the rows they name stay out of the log: they may hold a person's data.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            **self._options,
        }
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    async def _is_ready(self, child: Child, deadline: float) -> bool:
        """Follow the state in the server's pid file, as `pg_ctl` does; False when the server ended or time is up."""
        state = self._cluster / "postmaster.pid"
        while child.exit_code is None and asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(FileNotFoundError):
                lines = state.read_text().splitlines()
                if lines[:1] == [str(child.pid)] and lines[7:] and lines[7].strip() == "ready":
                    return True
            await asyncio.sleep(_LOOK_AGAIN)
        return False
