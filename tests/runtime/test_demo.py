"""`onething demo` as a user runs it: a city of its own, killed and started again, and the commands about its cases."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, Self

import httpx
import psutil
import pytest

from runtime.demo.companies import companies
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.ports import RememberedPorts

PROJECT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds for anything that a busy machine may take long for
NUMBER = re.compile(r"\b4419-\d{4}-\d{6}\b")

pytestmark = pytest.mark.timeout(900)


def onething(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtime.cli", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


IN_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) % 256)"


class RunningDemo:
    """The command as a process whose output is read from a file; with ``in_a_terminal``, of one with a keyboard."""

    def __init__(self, data_dir: Path, *arguments: str, in_a_terminal: bool = False) -> None:
        self._data_dir = data_dir
        self._output = data_dir / "demo.output"
        terminal = [sys.executable, "-c", IN_A_TERMINAL] if in_a_terminal else []
        with self._output.open("w") as output:
            self._process = subprocess.Popen(
                [*terminal, sys.executable, "-m", "runtime.cli", "demo", "--data-dir", str(data_dir), *arguments],
                cwd=PROJECT,
                env={**os.environ, "COLUMNS": "80", "LINES": "60"},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")  # what is being written may end in half a character

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:  # only when the test failed
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE)
        self._keyboard.close()

    @property
    def _keyboard(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def until(self, words: str) -> None:
        self._wait(lambda: words in self.output or self._process.poll() is not None, f"{words!r} did not come")
        assert words in self.output, f"{words!r} did not come, and the command ended:\n{self.output}"

    def until_shown(self, pattern: str, times: int) -> list[str]:
        """So many different texts of this pattern, in order."""
        found: set[str] = set()

        def all_shown() -> bool:
            found.update(re.findall(pattern, self.output))
            return len(found) >= times

        self._wait(all_shown, f"{pattern!r} did not come")
        return sorted(found)

    def press_ctrl_c(self) -> None:
        self._keyboard.write(b"\x03")
        self._keyboard.flush()

    def end(self, how: signal.Signals | None = None) -> int:
        if how is not None:
            self._process.send_signal(how)
        return self._process.wait(PATIENCE)

    def none_left(self) -> None:
        self._wait(lambda: not processes_of(self._data_dir), "processes are left over")

    def _wait(self, arrived: Callable[[], bool], problem: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not arrived():
            assert time.monotonic() < deadline, f"{problem}:\n{self.output}"
            time.sleep(0.05)


def processes_of(data_dir: Path) -> list[int]:
    """Every process that the city of this directory started, by the pid files beside its logs."""
    found: list[int] = []
    for file in data_dir.rglob("*.pid"):
        words = file.read_text().split()
        if len(words) == 3 and psutil.pid_exists(int(words[0])):
            found.append(int(words[0]))
    return found


def numbers(output: str) -> list[str]:
    return sorted(set(NUMBER.findall(output)))


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with scratch_data_dir("onething-demo") as directory:
        yield directory


@pytest.fixture(scope="module")
def begun(data_dir: Path) -> list[str]:
    """The cases of a demonstration that was killed in the middle."""
    with RunningDemo(data_dir) as killed:
        killed.until("went on public notice")
        killed.end(signal.SIGKILL)
    return numbers(killed.output)


@pytest.fixture(scope="module")
def waiting(data_dir: Path, begun: list[str]) -> str:
    """What a demonstration in real time showed on its terminal, that carried on with them until Ctrl-C."""
    with RunningDemo(data_dir, "--real-time", in_a_terminal=True) as demo:
        # Shown when nothing else is left to do in a case: where the demonstration would otherwise skip to the end.
        ends = demo.until_shown(r"waits in real time until (\d{4}-\d\d-\d\d)", times=2)
        assert [(date.fromisoformat(end) - date.today()).days // 10 for end in ends] == [2, 4]
        for case_no in begun:
            shown = json.loads(onething("case", "show", case_no, "--json", "--data-dir", str(data_dir)).stdout)
            assert not shown["seconds_ahead"]
            assert (shown["outcome"] is None) == (case_no in begun[:2])
        demo.press_ctrl_c()
        assert demo.end() == 0, demo.output
    demo.none_left()
    return demo.output


@pytest.fixture(scope="module")
def first(data_dir: Path, begun: list[str], waiting: str) -> list[str]:
    """The cases of a run with `--once` that brought them to their ends, and has ended with 0."""
    with RunningDemo(data_dir, "--once") as demo:
        assert demo.end() == 0, demo.output
    assert "Every case ended as it should." in demo.output
    for step in ("time moved ahead by", "Tax refused “Tax clearance”", "was undone", "The case ended: Done"):
        assert step in demo.output
    demo.none_left()
    return numbers(demo.output)


@pytest.fixture(scope="module")
def serving(data_dir: Path, first: list[str]) -> Iterator[RunningDemo]:
    """A demonstration whose cases have ended; it serves."""
    with RunningDemo(data_dir) as demo:
        demo.until("Every case ended as it should.")
        yield demo
        assert demo.end(signal.SIGTERM) == 0, demo.output
    demo.none_left()


def test_a_killed_demonstration_carries_on_with_the_same_cases(begun: list[str], waiting: str) -> None:
    assert numbers(waiting) == begun
    assert len(begun) == 3


def test_in_real_time_no_day_is_skipped_and_ctrl_c_ends_in_order(waiting: str) -> None:
    assert "fast-forwarded" not in waiting
    assert "time moved ahead" not in waiting


def test_once_closes_three_cases_and_ends(begun: list[str], first: list[str]) -> None:
    assert first == begun


def test_closed_cases_are_done_and_a_new_round_has_new_ones(first: list[str], serving: RunningDemo) -> None:
    anew = numbers(serving.output)
    assert len(anew) == 3
    assert not set(anew) & set(first)


def test_a_case_is_submitted_once_under_its_key(serving: RunningDemo, data_dir: Path) -> None:
    place = ("--data-dir", str(data_dir))
    submitted = onething("case", "submit", "examples/simple-exit.yaml", "--key", "one", *place)
    assert submitted.returncode == 0, submitted.stderr
    assert f"/cases/{submitted.stdout.strip()}" in submitted.stderr
    again = onething("case", "submit", "examples/simple-exit.yaml", "--key", "one", *place)
    assert again.stdout == submitted.stdout
    other = onething("case", "submit", "examples/general-exit.yaml", "--key", "one", *place)
    assert (other.returncode, other.stdout) == (2, "")


def test_the_other_example_is_taken_too_under_a_key_that_is_told(serving: RunningDemo, data_dir: Path) -> None:
    submitted = onething("case", "submit", "examples/general-exit.yaml", "--data-dir", str(data_dir))
    assert submitted.returncode == 0, submitted.stderr
    assert re.search(r"^key +cli-\S+$", submitted.stderr, re.MULTILINE)


def test_every_fault_of_an_application_is_listed(serving: RunningDemo, data_dir: Path) -> None:
    refused = onething("case", "submit", "examples/faulty-exit.yaml", "--data-dir", str(data_dir))
    assert (refused.returncode, refused.stdout) == (2, "")
    for field in ("answers.unpaid_fines", "answers.owes_tax", "form.company.name", "form.dissolution.reason"):
        assert field in refused.stderr
    assert "8 to put right" in refused.stderr


def test_a_case_is_shown_and_watched_to_its_end(serving: RunningDemo, data_dir: Path) -> None:
    refused = numbers(serving.output)[2]
    place = ("--data-dir", str(data_dir))
    shown = onething("case", "show", refused, *place)
    assert shown.returncode == 0, shown.stderr
    for words in ("Refused", "Withdrawn", "滞纳金", "第十六条"):
        assert words in shown.stdout
    as_json = json.loads(onething("case", "show", refused, "--json", *place).stdout)
    assert (as_json["case_no"], as_json["outcome"]) == (refused, "refused")
    watched = onething("case", "watch", refused, *place)
    assert watched.returncode == 0, watched.stderr
    lines = watched.stdout.splitlines()
    assert len(lines) == as_json["version"]
    assert lines[-1].endswith("The case ended: Refused")
    unknown = onething("case", "watch", "4419-2026-900000", *place)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "No such case was found" in unknown.stderr


def test_a_stuck_case_is_named_with_its_item_and_whom_it_waits_for(serving: RunningDemo, data_dir: Path) -> None:
    company = companies()[1]
    departments = f"http://127.0.0.1:{RememberedPorts(data_dir / 'city.json').all()['departments']}"
    token = (data_dir / "secrets" / "onething_sandbox_control_token").read_text().strip()
    silent = {
        "subject": company.held_by_registry.subject,
        "item": "customs-closing",
        "behaviour": {"behaviour": "silent"},
    }
    told = httpx.put(
        f"{departments}/control/scenarios", json=silent, headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert told.is_success
    assert serving.end(signal.SIGINT) == 0
    serving.none_left()

    with RunningDemo(data_dir, "--once", "--patience", "30") as stuck:
        assert stuck.end() == 1, stuck.output
    last = " ".join(stuck.output.split())
    assert company.name in last
    assert "“Closing of the customs registration” waits for the decision of Customs" in last
    stuck.none_left()
