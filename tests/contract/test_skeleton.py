"""The skeleton of a department's system: written by the command, run as a process, and checked by the kit."""

import asyncio
import os
import re
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from adapters.configuration.kinds import Kind
from adapters.conformance.candidate import Candidate, Serves
from adapters.conformance.listener import open_listener
from adapters.conformance.report import State
from adapters.conformance.suite import run
from runtime.cli import adapter_new
from runtime.cli.commands import CommandFailed, Commands
from runtime.department_directory import load_directory
from runtime.embedded.ports import RememberedPorts
from security.signing_keys import VerificationKey

CODE = "water-bureau"


def invoke(*arguments: str) -> Result:
    commands = Commands()
    adapter_new.register(commands)
    commands.adapter_group().command("other")(lambda: None)
    return CliRunner().invoke(commands.application, ["adapter", "new", *arguments])


@pytest.fixture(scope="module", params=[Kind.HTTP_PUSH, Kind.HTTP_POLL])
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


@pytest.fixture(scope="module")
def folder(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "service"
    result = invoke(CODE, "--folder", str(folder), "--kind", kind)
    assert result.exit_code == 0, result.output
    assert "README.md" in result.output
    return folder


@pytest.fixture
async def served(folder: Path, tmp_path: Path) -> AsyncIterator[str]:
    """Its address, while it runs as a process that knows nothing of ours."""
    port = RememberedPorts(tmp_path / "ports").claim("skeleton")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "critical",
        cwd=folder, env={**environment, "DEPARTMENT_DATABASE": str(tmp_path / "department.db")},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                assert (await client.get(f"{url}/health")).status_code == 200
                break
            except httpx.TransportError:
                assert process.returncode is None, "the skeleton ended at its start"
                await asyncio.sleep(0.05)
    yield url
    process.terminate()
    await process.wait()


async def test_it_passes_the_whole_check_as_it_is_written(served: str, folder: Path, kind: Kind) -> None:
    candidate = Candidate(
        url=served,
        department=CODE,
        token=SecretStr((folder / "secrets/token").read_text()),
        key=VerificationKey.from_pem(f"{CODE}.1", (folder / f"{CODE}.1.pub.pem").read_text()),
        kind=kind,
        wait_seconds=5,
        rate=20,
        load_seconds=0.5,
        serves=frozenset({Serves.DEFERRED, Serves.REPORTS}),
    )
    async with open_listener(candidate.key) as listener:
        report = await run(candidate, listener, lambda one, result: None)
    assert [(one.check, one.fault, one.came) for one in report.faults] == []
    not_tried = {one.check for one in report.checks if one.state is State.NOT_TRIED}
    of_the_list = {"list-served", "list-lasts", "list-in-order", "pages-complete", "nothing-lost-between-asks"}
    of_the_other_kind = {"decision-repeated"} if kind is Kind.HTTP_POLL else {*of_the_list, "unknown-position-said"}
    assert not_tried == {"money-given-back-once", "dataset-answers", "licence-answers"} | of_the_other_kind


def test_its_own_tests_pass_and_it_is_clean(folder: Path) -> None:
    without_ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = {**without_ours, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for command in (["pytest", "-q", "-p", "no:cacheprovider"], ["ruff", "check", "--no-cache", "."]):
        program = [sys.executable, "-m", *command]
        ended = subprocess.run(
            program, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_it_needs_public_libraries_alone_and_keeps_its_secrets(folder: Path) -> None:
    stated = {re.split(r"[>=]", line)[0] for line in (folder / "requirements.txt").read_text().splitlines()}
    imported = set()
    for file in (folder / "app").glob("*.py"):
        imported |= set(re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE))
    assert imported - set(sys.stdlib_module_names) - {"app"} <= stated
    for secret in (folder / "secrets").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert "secrets/" in (folder / ".gitignore").read_text()
    leftovers = [
        file for file in folder.rglob("*") if file.is_file() and "DEPARTMENT_CODE" in file.read_text("latin-1")
    ]
    assert leftovers == []


def test_the_entry_that_it_hands_over_can_be_used(folder: Path, kind: Kind) -> None:
    (known,) = load_directory(folder / "departments-entry.yaml").departments.values()
    assert (known.code, known.entry.kind, set(known.entry.keys)) == (CODE, kind, {f"{CODE}.1"})


def test_what_is_there_already_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    for code, into, kind, said in (
        ("Tax", "x", "http-push", "small letters"),
        ("tax", ".", "http-push", "not an empty folder"),
        ("tax", "x", "workbench", "--kind knows http-push and http-poll, not workbench"),
    ):
        result = invoke(code, "--folder", str(tmp_path / into), "--kind", kind)
        assert isinstance(result.exception, CommandFailed)
        assert result.exception.exit_code == 2
        assert said in str(result.exception)
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
