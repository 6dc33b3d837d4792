"""The make targets, without running what they run; and the lock file."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def outside_make() -> dict[str, str]:
    """The environment without what `make test` itself tells its children: a make below make speaks differently."""
    told = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARGS", "WORKERS"}
    return {name: value for name, value in os.environ.items() if name not in told}


def make(*arguments: str, folder: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={**outside_make(), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what `make setup` reads, at a path with spaces."""
    folder = tmp_path / "one thing, copied"
    folder.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (folder / name).write_bytes((PROJECT / name).read_bytes())
    return folder


@pytest.mark.parametrize("target", ["setup", "demo", "test", "check"])
def test_every_target_can_be_planned(target: str) -> None:
    assert make("--dry-run", target).returncode == 0


def test_test_is_set_up_check_and_pytest() -> None:
    plan = make("--dry-run", "--always-make", "test").stdout
    steps = ["--require-hashes", "ruff", "mypy", "lint-imports", "pytest"]
    places = [plan.index(step) for step in steps]
    assert places == sorted(places)


def test_the_tests_are_shared_by_three_processes_or_as_many_as_wanted() -> None:
    assert 'pytest --numprocesses "3" -k panorama' in make("--dry-run", "test", "ARGS=-k panorama").stdout
    assert 'pytest --numprocesses "0"' in make("--dry-run", "test", "WORKERS=0").stdout


def test_demo_hands_its_arguments_on() -> None:
    assert 'onething" demo --once' in make("--dry-run", "demo", "ARGS=--once").stdout


def test_an_older_python_is_refused_in_one_line(copy: Path) -> None:
    older = copy / "python3.9"
    older.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" || exit 1\n')
    older.chmod(0o755)
    refused = make("setup", f"PYTHON={older}", folder=copy)
    assert refused.returncode != 0
    assert "Python 3.9.2; Python 3.11 or newer is needed" in refused.stderr
    assert not (copy / ".venv").exists()


def test_a_missing_python_is_named(copy: Path) -> None:
    refused = make("setup", "PYTHON=python-that-is-not-there", folder=copy)
    assert refused.returncode != 0
    assert "python-that-is-not-there was not found" in refused.stderr


def test_a_failed_set_up_leaves_no_stamp_and_is_tried_again(copy: Path) -> None:
    """The lock file asks for what no index has: offline, quick, and in the middle of the set-up."""
    (copy / "requirements.lock").write_text(f"onething-no-such-package==1 --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        failed = make("setup", folder=copy, PIP_NO_INDEX="1")
        assert failed.returncode != 0
        assert (copy / ".venv" / "bin" / "python").exists()
        assert not (copy / ".venv" / ".setup-complete").exists()


def test_the_second_set_up_does_nothing(copy: Path) -> None:
    stamp = copy / ".venv" / ".setup-complete"
    stamp.parent.mkdir()
    stamp.touch()
    assert "install" not in make("--dry-run", "setup", folder=copy).stdout
    os.utime(stamp, (0, 0))
    assert "install" in make("--dry-run", "setup", folder=copy).stdout


def test_continuous_integration_runs_make_test_and_nothing_else() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "make test"]


def test_the_lock_names_no_host_and_pins_everything_with_hashes() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    assert "://" not in lock
    assert not re.search(r"^\s*-(i|f|-index-url|-find-links|-extra-index-url)\b", lock, re.MULTILINE)
    entries = re.findall(r"^([A-Za-z0-9._-]+)==[^\s;\\]+(.*?)(?=^[A-Za-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(entries) > 50
    assert all("--hash=sha256:" in rest for _, rest in entries)


def test_the_lock_covers_every_dependency_of_the_project() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    names = {re.split(r"[\[<>=;!~ ]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (PROJECT / "requirements.lock").read_text(), re.MULTILINE))
    assert names <= locked


def test_ctrl_c_in_a_terminal_reaches_the_demonstration_alone(copy: Path) -> None:
    """Otherwise make would end by the signal although everything was stopped in good order."""
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / ".setup-complete").touch()
    demonstration = copy / ".venv" / "bin" / "onething"
    demonstration.write_text(
        "#!/bin/bash\ntrap 'echo stopped in order; exit 0' INT\necho running\nwhile :; do sleep 0.1; done\n"
    )
    demonstration.chmod(0o755)
    # Whoever runs the tests in the background may have them ignore the signal, which a shell could then not trap.
    in_a_terminal = (
        "import os, pty, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) % 256)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", in_a_terminal, "make", "demo"],
        cwd=copy,
        env=outside_make(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as terminal:
        try:
            assert terminal.stdin is not None
            assert terminal.stdout is not None
            assert terminal.stdout.readline().strip() == b"running"
            terminal.stdin.write(b"\x03")
            terminal.stdin.flush()
            assert b"stopped in order" in terminal.stdout.read()
            assert terminal.wait() == 0
        finally:
            terminal.kill()  # without effect on one that ended; else nobody would ever end it
