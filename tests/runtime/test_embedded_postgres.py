"""The embedded PostgreSQL: starts, keeps, comes back after a crash, and leaves other people's folders alone."""

import asyncio
import os
import shutil
import signal
import stat
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from runtime.embedded import postgres_programs
from runtime.embedded.faults import DirectoryTaken, EmbeddedFault, UnusablePlace
from runtime.embedded.places import PASSABLE
from runtime.embedded.postgres import EmbeddedPostgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_data_password_and_port_survive_a_crash_and_a_restart(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir / "postgres")
    await postgres.start()
    try:
        url = await postgres.create_database("city")
        assert await postgres.create_database("city") == url
        await ask(url, "CREATE TABLE kept AS SELECT 41 AS answer")
        first = postgres.pid
        await postgres.kill()
        with pytest.raises(EmbeddedFault):
            _ = postgres.pid
        await postgres.start()
        assert postgres.pid != first
        assert postgres.url("city") == url
        assert await ask(url, "SELECT answer FROM kept") == 41
        await postgres.stop()
        await postgres.stop()
        again = EmbeddedPostgres(data_dir / "postgres")
        async with again:
            assert again.url("city") == url
            assert await ask(url, "SELECT answer FROM kept") == 41
    finally:
        await postgres.stop()


async def test_it_listens_on_loopback_only_and_wants_the_password(data_dir: Path) -> None:
    async with EmbeddedPostgres(data_dir / "postgres") as postgres:
        listening = [c for c in psutil.Process(postgres.pid).net_connections("all") if c.status == "LISTEN"]
        assert [connection.laddr for connection in listening] == [("127.0.0.1", postgres.port)]
        assert not list((data_dir / "postgres").rglob(".s.PGSQL*"))
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(f"postgresql://onething:wrong@127.0.0.1:{postgres.port}/postgres", "SELECT 1")


async def test_password_and_cluster_are_private(data_dir: Path) -> None:
    async with EmbeddedPostgres(data_dir / "postgres"):
        modes = {file: mode(data_dir / "postgres" / file) for file in ("password", "cluster", "postgres.log")}
        assert modes == {"password": 0o600, "cluster": 0o700, "postgres.log": 0o600}


async def test_one_server_per_folder(data_dir: Path) -> None:
    async with EmbeddedPostgres(data_dir / "postgres"):
        with pytest.raises(DirectoryTaken, match=str(os.getpid())):
            await EmbeddedPostgres(data_dir / "postgres").start()


async def test_a_stale_pid_file_naming_another_program_does_not_matter(data_dir: Path) -> None:
    """After a power failure the number in the file may belong to anybody, here to us."""
    postgres = EmbeddedPostgres(data_dir / "postgres")
    await postgres.start()
    await postgres.kill()
    state = data_dir / "postgres" / "cluster" / "postmaster.pid"
    state.write_text("\n".join([str(os.getpid()), *state.read_text().splitlines()[1:]]) + "\n")
    try:
        await postgres.start()
        assert await ask(postgres.url(), "SELECT 1") == 1
    finally:
        await postgres.stop()


async def test_it_dies_with_its_parent_and_a_new_start_takes_over(data_dir: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from runtime.embedded.postgres import EmbeddedPostgres\n"
        "async def run():\n"
        "    postgres = EmbeddedPostgres(Path(sys.argv[1]))\n"
        "    await postgres.start()\n"
        "    print(postgres.pid, postgres.port, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(run())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(data_dir / "postgres"), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid, port = map(int, (await parent.stdout.readline()).split())
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with EmbeddedPostgres(data_dir / "postgres") as postgres:
        assert not psutil.pid_exists(pid)
        assert postgres.port == port


@as_root
async def test_as_root_another_user_runs_it_and_folders_stay_as_they_were(data_dir: Path) -> None:
    async with EmbeddedPostgres(data_dir / "postgres") as postgres:
        assert psutil.Process(postgres.pid).uids().real != 0
        assert mode(data_dir) == PASSABLE


@as_root
async def test_as_root_a_closed_folder_is_named_and_not_opened(data_dir: Path) -> None:
    home = data_dir / "home"
    home.mkdir(mode=0o700)
    with pytest.raises(UnusablePlace, match=f"{home}.*ONETHING_DATA_DIR"):
        await EmbeddedPostgres(home / "postgres").start()
    assert mode(home) == 0o700


@as_root
async def test_as_root_programs_in_a_closed_environment_are_copied(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = postgres_programs._installed_programs()
    package = installed.parents[1]
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(installed.parent, closed / package.name / installed.parent.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    hidden = closed / package.name / installed.relative_to(package)
    monkeypatch.setattr(postgres_programs, "_installed_programs", lambda: hidden)
    async with EmbeddedPostgres(data_dir / "postgres") as postgres:
        assert str(data_dir / "postgres") in psutil.Process(postgres.pid).cmdline()[0]
    assert mode(closed) == 0o700
