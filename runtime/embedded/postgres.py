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

from runtime.embedded.child import Child, User, last_lines
from runtime.embedded.faults import ServerDidNotStart
from runtime.embedded.places import PRIVATE
from runtime.embedded.ports import HOST, RememberedPorts
from runtime.embedded.postgres_programs import programs_for, server_user
from runtime.embedded.secret_files import kept_secret, write_private
from runtime.embedded.server import EmbeddedServer

OWNER = "onething"
"""The database role that owns everything in the embedded cluster."""

_START_PATIENCE = 60.0  # seconds; recovery after a crash on a slow disk takes a while
_LOOK_AGAIN = 0.02  # seconds between two looks at the server's state file
_STILL_HELD = ("pre-existing shared memory block", "lock file")  # the last of a killed server's processes is going
_PORT_TAKEN = "could not bind"


class EmbeddedPostgres(EmbeddedServer):
    """One PostgreSQL cluster in its data directory; made at the first start, with a password that stays.

    `options` are further server settings (`{"log_statement": "all"}`).
    """

    name = "postgres"
    title = "PostgreSQL"
    stop_patience = 20.0  # for a fast shutdown: sessions are cut, data is written

    def __init__(
        self,
        data_dir: Path,
        *,
        ports: RememberedPorts | None = None,
        options: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data_dir, ports)
        self._options = options or {}
        self._password = ""

    def url(self, database: str = "postgres") -> str:
        """The URL of a database of this cluster, with the password: not for logs."""
        return f"postgresql://{OWNER}:{quote(self._password, safe='')}@{HOST}:{self.port}/{quote(database, safe='')}"

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

    async def _start(self, ports: RememberedPorts) -> None:
        user = server_user(self._home, self._cluster)
        programs = programs_for(user, self._home)
        self._password = self._kept_password()
        if not (self._cluster / "PG_VERSION").exists():
            await self._make_cluster(programs, user)
        self._clear_stale_pid()
        await self._start_server(programs, user, ports)

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

    async def _start_server(self, programs: Path, user: User | None, ports: RememberedPorts) -> None:
        """Start the server; again when the last of a killed one's processes still holds on, or a port was taken."""
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        while True:
            self._port = ports.claim(self.name, self._port)
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
                ports.forget(self.name)
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
