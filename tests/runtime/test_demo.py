"""`onething demo` as a user runs it: a city of its own, killed and started again, and the commands about its cases."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Self

import httpx
import psutil
import pytest

from runtime.demo.companies import companies
from runtime.embedded.places import scratch_data_dir
from runtime.embedded.ports import RememberedPorts
from runtime.embedded.secrets import CitySecrets
from security.tokens import Role

PROJECT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds for anything that a busy machine may take long for
NUMBER = re.compile(r"\b4419-\d{4}-\d{6}\b")
CUSTOMS = {"subject": companies()[1].held_by_registry.subject, "item": "customs-closing"}

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


def case_of(case_no: str, data_dir: Path) -> dict[str, Any]:
    shown = onething("case", "show", case_no, "--json", "--data-dir", str(data_dir))
    assert shown.returncode == 0, shown.stderr
    case: dict[str, Any] = json.loads(shown.stdout)
    return case


def numbers(output: str) -> list[str]:
    return sorted(set(NUMBER.findall(output)))


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with scratch_data_dir("onething-demo") as directory:
        yield directory


class Officer:
    """The sandbox departments of a running city, as somebody in an office of theirs works with them."""

    def __init__(self, data_dir: Path) -> None:
        port = RememberedPorts(data_dir / "city.json").all()["departments"]
        token = (data_dir / "secrets" / "onething_sandbox_control_token").read_text().strip()
        self._control = f"http://127.0.0.1:{port}/control"
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, **request: Any) -> None:
        answer = httpx.request(method, f"{self._control}/{path}", headers=self._headers, trust_env=False, **request)
        assert answer.is_success, answer.text


# One city, run five times. Each fixture is a run, or the end of one, and needs those before it.


@pytest.fixture(scope="module")
def begun(data_dir: Path) -> list[str]:
    """The cases of a demonstration that was killed in the middle."""
    with RunningDemo(data_dir) as demo:
        demo.until("went on public notice")
        demo.end(signal.SIGKILL)
    return numbers(demo.output)


@pytest.fixture(scope="module")
def waiting(data_dir: Path, begun: list[str]) -> Iterator[RunningDemo]:
    """Carries on with them in real time, on a terminal: two wait for the end of their notices."""
    with RunningDemo(data_dir, "--real-time", in_a_terminal=True) as demo:
        # Shown when nothing else is left to do in a case: where the demonstration would otherwise skip to the end.
        ends = demo.until_shown(r"waits in real time until (\d{4}-\d\d-\d\d)", times=2)
        assert [(date.fromisoformat(end) - datetime.now().astimezone().date()).days // 10 for end in ends] == [2, 4]
        yield demo


@pytest.fixture(scope="module")
def stopped(waiting: RunningDemo, data_dir: Path) -> str:
    """All that it showed until Ctrl-C, when customs had just fallen silent."""
    Officer(data_dir).send("PUT", "scenarios", json={**CUSTOMS, "behaviour": {"behaviour": "silent"}})
    waiting.press_ctrl_c()
    assert waiting.end() == 0, waiting.output
    waiting.none_left()
    return waiting.output


@pytest.fixture(scope="module")
def stuck(data_dir: Path, stopped: str) -> str:
    """What was said when a case got stuck, and the demonstration ended with 1."""
    with RunningDemo(data_dir, "--once", "--patience", "12") as demo:
        assert demo.end() == 1, demo.output
    demo.none_left()
    return demo.output


@pytest.fixture(scope="module")
def served(data_dir: Path, begun: list[str], stuck: str) -> str:
    """Started once more; now customs decides, every case ends, and it serves until it is told to stop."""
    with RunningDemo(data_dir) as demo:
        demo.until(f"/cases/{begun[1]}")
        officer = Officer(data_dir)
        officer.send("DELETE", "scenarios", params=CUSTOMS)
        officer.send("POST", "decisions", json={"case_no": begun[1], "item": CUSTOMS["item"]})
        demo.until("The city goes on serving.")
        assert demo.end(signal.SIGTERM) == 0, demo.output
    demo.none_left()
    return demo.output


def test_a_killed_demonstration_carries_on_with_the_same_cases(begun: list[str], waiting: RunningDemo) -> None:
    assert len(begun) == 3
    assert numbers(waiting.output) == begun


def test_a_case_is_shown_and_watched_to_its_end(begun: list[str], waiting: RunningDemo, data_dir: Path) -> None:
    refused = begun[2]
    place = ("--data-dir", str(data_dir))
    watched = onething("case", "watch", refused, *place)
    assert watched.returncode == 0, watched.stderr
    shown = onething("case", "show", refused, *place)
    assert shown.returncode == 0, shown.stderr
    for words in ("Refused", "Withdrawn", "滞纳金", "第十六条"):
        assert words in shown.stdout
    as_json = case_of(refused, data_dir)
    assert (as_json["case_no"], as_json["outcome"]) == (refused, "refused")
    lines = watched.stdout.splitlines()
    assert len(lines) == as_json["version"]
    assert lines[-1].endswith("The case ended: Refused")
    unknown = onething("case", "watch", "4419-2026-900000", *place)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "No such case was found" in unknown.stderr


def test_a_case_is_submitted_once_under_its_key(waiting: RunningDemo, data_dir: Path) -> None:
    place = ("--data-dir", str(data_dir))
    submitted = onething("case", "submit", "examples/simple-exit.yaml", "--key", "one", *place)
    assert submitted.returncode == 0, submitted.stderr
    assert f"/cases/{submitted.stdout.strip()}" in submitted.stderr
    again = onething("case", "submit", "examples/simple-exit.yaml", "--key", "one", *place)
    assert again.stdout == submitted.stdout
    url = (
        f"http://127.0.0.1:{RememberedPorts(data_dir / 'city.json').all()['gateway']}/cases/{submitted.stdout.strip()}"
    )
    applicant = {"Authorization": f"Bearer {CitySecrets(data_dir).token('sample-applicant', Role.APPLICANT)}"}
    kept = httpx.get(f"{url}/contents", headers=applicant, trust_env=False).json()
    files = sorted(file.stat().st_size for file in (PROJECT / "examples" / "materials").glob("*.pdf"))
    assert sorted(one["size"] for one in kept["contents"]) == files, "the files of its materials went along"
    other = onething("case", "submit", "examples/general-exit.yaml", "--key", "one", *place)
    assert (other.returncode, other.stdout) == (2, "")


def test_the_other_example_is_taken_too_under_a_key_that_is_told(waiting: RunningDemo, data_dir: Path) -> None:
    submitted = onething("case", "submit", "examples/general-exit.yaml", "--data-dir", str(data_dir))
    assert submitted.returncode == 0, submitted.stderr
    assert re.search(r"^key +cli-\S+$", submitted.stderr, re.MULTILINE)


def test_every_fault_of_an_application_is_listed(waiting: RunningDemo, data_dir: Path) -> None:
    refused = onething("case", "submit", "examples/faulty-exit.yaml", "--data-dir", str(data_dir))
    assert (refused.returncode, refused.stdout) == (2, "")
    for field in ("answers.unpaid_fines", "answers.owes_tax", "form.company.name", "form.dissolution.reason"):
        assert field in refused.stderr
    assert "Thereisnofile" in "".join(refused.stderr.split())
    assert "9 to put right" in refused.stderr, "what is wrong with its files, and with everything else, at once"


def test_a_file_that_the_gateway_does_not_take_is_a_fault_beside_the_others(
    waiting: RunningDemo, data_dir: Path, tmp_path: Path
) -> None:
    text = (PROJECT / "examples" / "simple-exit.yaml").read_text(encoding="utf-8")
    application = tmp_path / "mine.yaml"
    application.write_text(text.replace("reason: resolution", "reason: bored"), encoding="utf-8")
    (tmp_path / "materials").mkdir()
    for name in ("deregistration-application", "investors-commitment"):
        content = (PROJECT / "examples" / "materials" / f"{name}.pdf").read_bytes()
        (tmp_path / "materials" / f"{name}.pdf").write_bytes(content)
    (tmp_path / "materials" / "investors-commitment.pdf").write_bytes(b"%PDF-" + b"x" * 30_000_000)

    refused = onething("case", "submit", str(application), "--data-dir", str(data_dir))

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr
    assert "2 to put right" in refused.stderr
    for field in ("materials.investors", "form.dissolution.reason"):
        assert field in refused.stderr


def test_in_real_time_no_day_is_skipped(begun: list[str], waiting: RunningDemo, data_dir: Path) -> None:
    for case_no in begun[:2]:
        as_it_is = case_of(case_no, data_dir)
        assert (as_it_is["outcome"], as_it_is.get("seconds_ahead", 0)) == (None, 0)


def test_ctrl_c_ends_it_in_order_with_its_cases_still_waiting(stopped: str) -> None:
    assert "fast-forwarded" not in stopped
    assert "time moved ahead" not in stopped


def test_a_stuck_case_is_named_with_its_item_and_whom_it_waits_for(stuck: str) -> None:
    last = " ".join(stuck.split())
    assert f"{companies()[1].name} is stuck" in last
    assert "“Closing of the customs registration” waits for the decision of Customs" in last


def test_started_again_it_carries_on_until_every_case_has_ended(begun: list[str], stuck: str, served: str) -> None:
    assert numbers(stuck) == numbers(served) == begun
    assert "Every case ended as it should." in served


def test_closed_cases_are_done_and_once_closes_new_ones_and_ends(begun: list[str], served: str, data_dir: Path) -> None:
    with RunningDemo(data_dir, "--once") as demo:
        assert demo.end() == 0, demo.output
    assert "Every case ended as it should." in demo.output
    for step in ("time moved ahead by", "Tax refused “Tax clearance”", "was undone", "The case ended: Done"):
        assert step in demo.output
    anew = numbers(demo.output)
    assert len(anew) == 3
    assert not set(anew) & set(begun)
    demo.none_left()
