"""The command: help with an example everywhere, clear lines and exit codes, the record on a real database."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from runtime.cli.application import application, main
from runtime.cli.settings import settings_in_markdown
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.settings_loading import describe_settings
from security.attestations import AttestationKeys

KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["onething", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def every_command() -> Iterator[tuple[str, ...]]:
    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, one in getattr(command, "commands", {}).items():
            if hasattr(one, "commands"):
                yield from below(one, (*path, name))
            else:
                yield (*path, name)

    yield from below(typer.main.get_command(application()), ())


@pytest.mark.parametrize("path", sorted(every_command()), ids=" ".join)
def test_every_command_has_help_with_an_example(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *path, "--help") == 0
    text = capsys.readouterr().out
    assert "Example:" in text
    assert f"onething {' '.join(path)}" in " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("arguments", [("no-such-command",), ("verify", "--no-such-option"), ("case", "erase")])
def test_bad_input_is_exit_code_2_in_one_line(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_of_departments_that_cannot_be_used_is_bad_input_with_every_fault(tmp_path: Path) -> None:
    (tmp_path / "departments.yaml").write_text("departments:\n  tax: {token: hidden}\n  bank: {kind: pigeon}\n")
    (tmp_path / "keys.json").write_text('{"keys": []}')
    given = {
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        "RECORD_MAC_KEY": KEY,
        "MASTER_KEYS": f"m1:{KEY}",
        "PAYLOAD_KEYS": f"p1:{KEY}",
        "RECEIPT_KEYS": AttestationKeys.generate("r1").to_setting(),
        "OIDC_ISSUER": "https://id.example.org",
        "OIDC_JWKS_FILE": str(tmp_path / "keys.json"),
        "DEPARTMENT_DIRECTORY": str(tmp_path / "departments.yaml"),
    }
    environment = os.environ | {f"ONETHING_{name}": value for name, value in given.items()}
    ended = subprocess.run(
        [sys.executable, "-m", "runtime.cli", "worker"],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2, ended.stderr
    told = ended.stderr.splitlines()
    assert told[0] == "The file of departments cannot be used:"
    assert [line.removeprefix(str(tmp_path)).split(":")[1] for line in told[1:]] == ["2", "3"]
    assert "hidden" not in ended.stderr


def test_settings_name_every_variable_in_full_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(monkeypatch, "settings") == 0
    words = capsys.readouterr().out.split()
    assert {described.variable for described in describe_settings()} <= set(words)


def test_missing_settings_are_exit_code_2_and_all_of_them_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where nobody has tried the demonstration: its city would be asked
    for variable in ("ONETHING_DATABASE_URL", "ONETHING_RECORD_MAC_KEY", "ONETHING_SECRETS_DIR"):
        monkeypatch.delenv(variable, raising=False)
    assert run(monkeypatch, "verify") == 2
    told = capsys.readouterr().err
    assert "ONETHING_DATABASE_URL is not set" in told
    assert "ONETHING_RECORD_MAC_KEY is not set" in told


def test_a_database_that_is_away_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONETHING_DATABASE_URL", "postgresql://nobody:hidden@127.0.0.1:9/none")
    assert run(monkeypatch, "migrate") == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert "PostgreSQL" in told[0]
    assert "hidden" not in told[0]


def test_the_record_is_made_verified_and_a_person_that_is_not_there_cannot_be_erased(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands run their own event loop, so the server is started from one of its own here."""
    with scratch_data_dir("onething-test") as folder, asyncio.Runner() as runner:
        postgres = EmbeddedPostgres(folder / "postgres")
        runner.run(postgres.start())
        try:
            monkeypatch.setenv("ONETHING_DATABASE_URL", runner.run(postgres.create_database("city")))
            monkeypatch.setenv("ONETHING_RECORD_MAC_KEY", KEY)
            assert run(monkeypatch, "migrate") == 0
            assert run(monkeypatch, "migrate") == 0
            capsys.readouterr()
            assert run(monkeypatch, "verify") == 0
            assert capsys.readouterr().out == "the record is whole\n"
            assert run(monkeypatch, "case", "erase", "--yes", "4419-2026-000001") == 1
            assert "4419-2026-000001" in capsys.readouterr().err
            monkeypatch.setenv("ONETHING_MASTER_KEYS", f"m2:{KEY},m1:{KEY}")
            assert run(monkeypatch, "keys", "rotate") == 0
            told = capsys.readouterr().out.splitlines()
            assert told == [
                "0 case keys wrapped anew: all of them are wrapped by m2",
                "no case needs m1 any more",
            ]
        finally:
            runner.run(postgres.stop())


def test_settings_are_listed_from_the_code() -> None:
    table = settings_in_markdown()
    assert "| `ONETHING_TEMPORAL_ADDRESS` |" in table
    assert "`serve`, `worker`" in table


def test_a_new_deployment_never_overwrites_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where = (str(tmp_path / "deployment"), "--environment", str(tmp_path / ".env"))
    assert run(monkeypatch, "new-deployment", *where) == 0
    before = (tmp_path / ".env").read_text()
    assert run(monkeypatch, "new-deployment", *where) == 2
    assert "exists" in capsys.readouterr().err
    assert (tmp_path / ".env").read_text() == before
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
