"""The city as a whole, here with the departments only: secrets, one per folder, restarts, and a clean end."""

import json
import os
import socket
import stat
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
import yaml

from runtime.department_directory import load_directory
from runtime.embedded.city import City
from runtime.embedded.faults import DirectoryTaken, ServerDidNotStart
from runtime.embedded.program import listens
from runtime.embedded.secrets import CitySecrets
from runtime.embedded.supervisor import Progress
from runtime.sandbox_credentials import load_sandbox_credentials
from security.tokens import Role

HERE = {name: value for name, value in os.environ.items() if not name.startswith("ONETHING_")}


def city(data_dir: Path, told: list[Progress] | None = None, **settings: str) -> City:
    return City(
        data_dir / "city",
        report=(told if told is not None else []).append,
        environment={**HERE, **settings},
        roles=("departments",),
    )


def modes(folder: Path) -> dict[str, int]:
    return {str(file.relative_to(folder)): stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*")}


async def test_a_city_starts_restarts_what_was_killed_and_ends_without_a_trace(data_dir: Path) -> None:
    told: list[Progress] = []
    first = city(data_dir, told)
    async with first:
        assert list(first.pids) == ["postgres", "temporal", "departments"]
        with pytest.raises(DirectoryTaken, match=str(os.getpid())):
            await city(data_dir).start()
        before = first.pids
        await first.kill("departments")
        await first.until_ready("departments")
        assert first.pids["departments"] != before["departments"]
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{first.urls['departments']}/health")).status_code == 200
        database = await asyncpg.connect((first.secrets.folder / "onething_database_url").read_text())
        assert await database.fetchval("SELECT count(*) FROM events") == 0
        await database.close()
        urls, running = first.urls, list(first.pids.values())
        environment = first.environment
    assert not any(psutil.pid_exists(pid) for pid in running)
    assert {step.name for step in told} == {"postgres", "temporal", "migrate", "departments"}

    secrets = {file.name: file.read_text() for file in first.secrets.folder.iterdir()}
    assert not set(secrets.values()) & set(environment.values()), "secrets are handed over in files"
    async with city(data_dir) as second:
        assert second.urls == urls
        assert {file.name: file.read_text() for file in second.secrets.folder.iterdir()} == secrets
    open_to_others = [name for name, mode in modes(data_dir / "city" / "secrets").items() if mode & 0o077]
    open_to_others += [name for name, mode in modes(data_dir / "city" / "logs").items() if mode & 0o077]
    assert not open_to_others


async def test_a_role_that_cannot_start_is_told_with_its_last_words_and_nothing_stays(data_dir: Path) -> None:
    ill = city(data_dir, ONETHING_SANDBOX_SEED="no number")
    with pytest.raises(ServerDidNotStart, match="ONETHING_SANDBOX_SEED"):
        await ill.start()
    here = str(data_dir / "city")
    assert not [process for process in psutil.process_iter(["cmdline"]) if here in str(process.info["cmdline"])]


async def test_anothers_server_at_the_same_port_is_not_taken_for_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/ready"
        assert listens(os.getpid(), url)
        assert not listens(os.getppid(), url)


def test_secrets_are_made_once_private_and_fit_together(data_dir: Path) -> None:
    secrets = CitySecrets(data_dir)
    secrets.make("http://127.0.0.1:9", ("tax", "customs"), "postgresql://u:p@127.0.0.1/x")
    made = {name: (data_dir / name).read_bytes() for name in modes(data_dir) if (data_dir / name).is_file()}
    assert {mode for name, mode in modes(data_dir).items() if (data_dir / name).is_file()} == {0o600}
    assert stat.S_IMODE(secrets.folder.stat().st_mode) == 0o700
    secrets.make("http://127.0.0.1:9", ("tax",), "postgresql://u:p@127.0.0.1/x")  # customs may have cases under way
    assert {name: (data_dir / name).read_bytes() for name in made} == made

    directory = load_directory(secrets.departments.directory_file)
    sandbox = load_sandbox_credentials(secrets.departments.sandbox_file)
    assert list(directory.departments) == ["customs", "tax"]
    for code, department in directory.departments.items():
        assert department.url == f"http://127.0.0.1:9/{code}"
        assert department.token == sandbox[code].token
        assert [directory.keys[f"{code}.1"].to_pem()] == [sandbox[code].signing().verification_key().to_pem()]
    public = json.loads(secrets.key_set_file.read_text())
    assert all("d" not in key for key in public["keys"])
    listed = yaml.safe_load(secrets.departments.directory_file.read_text())["departments"]
    assert listed["tax"]["token"] == {"file": "tax.token"}, "a reference, so that the folder can be moved"
    assert secrets.token("sample-applicant", Role.APPLICANT).count(".") == 2
