"""`onething adapter check` as a person types it, against departments that serve over HTTP."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from runtime.cli import adapter_check
from runtime.cli.commands import CommandFailed, Commands
from security.signing_keys import SigningKey
from tests.contract.reference.department import TOKEN, Department, serving
from tests.contract.reference.polled import IsAQueue, Polled
from tests.contract.reference.wrong import WRONG

KEY = SigningKey.generate("reference.1")


@pytest.fixture
def told(tmp_path: Path) -> list[str]:
    """What every check is told."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "key.pem").write_text(KEY.verification_key().to_pem())
    (tmp_path / "form.yaml").write_text("number: '1'\n")
    files = ["--token-file", str(tmp_path / "token"), "--key", str(tmp_path / "key.pem")]
    return ["--department", "reference", *files, "--fields", str(tmp_path / "form.yaml"), "--language", "en"]


def invoke(*arguments: str) -> Result:
    commands = Commands()
    adapter_check.register(commands)
    commands.adapter_group().command("other")(lambda: None)
    return CliRunner().invoke(commands.application, ["adapter", "check", *arguments], env={"COLUMNS": "200"})


async def checked(department: Department, *arguments: str) -> Result:
    quick = ["--wait", "2", "--rate", "10", "--seconds", "0.3"]
    async with serving(department) as url:
        return await asyncio.to_thread(invoke, url, *arguments, *quick)


async def test_a_good_department_is_told_so_and_the_reports_are_written(told: list[str], tmp_path: Path) -> None:
    page, data = tmp_path / "report.html", tmp_path / "report.json"
    serves = ["--serves", "deferred", "--serves", "reports", "--dataset", "register:number=1"]
    result = await checked(Department(KEY), *told, *serves, "--html", str(page), "--json", str(data))
    assert result.exit_code == 0, result.output
    assert "✓ A decision is repeated until it is answered" in result.output
    assert "0 failed, 8 not tried" in result.output
    assert "Ready to connect" in page.read_text()
    assert {one["state"] for one in json.loads(data.read_text())["checks"]} == {"passed", "not-tried"}
    assert TOKEN not in result.output + page.read_text() + data.read_text()


async def test_a_fault_is_named_with_what_came_and_how_to_mend_it(told: list[str]) -> None:
    result = await checked(WRONG["accepts-another-body"](KEY), *told)
    assert isinstance(result.exception, CommandFailed)
    assert result.exception.exit_code == 1
    assert str(result.exception) == "not ready to connect: accepts-another-body"
    for line in (
        "fault     accepts-another-body",
        "expected  409",
        "came ",
        "mend      Keep the body",
        "read      docs/",
    ):
        assert line in result.output


async def test_the_list_of_a_department_that_is_polled_is_checked_where_it_is_said_to_be(told: list[str]) -> None:
    result = await checked(Polled(KEY), *told, "--kind", "http-poll")
    assert result.exit_code == 0, result.output
    assert "✓ Nothing is lost between two asks" in result.output
    assert "decisions are fetched from http://127.0.0.1" in result.output
    result = await checked(IsAQueue(KEY), *told, "--kind", "http-poll", "--only", "list-lasts")
    assert str(result.exception) == "not ready to connect: list-forgets"
    assert "read      docs/connecting-a-department.md#if-you-cannot-call-us-get-decisions" in result.output


def test_a_polled_department_without_a_key_cannot_be_checked(told: list[str]) -> None:
    without = [one for one in told if one != "--key" and not one.endswith("key.pem")]
    result = invoke("http://x", *without, "--kind", "http-poll")
    assert isinstance(result.exception, CommandFailed)
    assert result.exception.exit_code == 2
    assert "--kind http-poll needs --key" in str(result.exception)


@pytest.mark.parametrize(
    ("url", "more", "said"),
    [
        ("ftp://x", [], "URL begins with"),
        ("http://x", ["--language", "fr"], "zh or en"),
        ("http://x", ["--serves", "tea"], "--serves knows deferred, payments, reports; not tea"),
        ("http://x", ["--kind", "workbench"], "--kind knows http-push and http-poll, not workbench"),
        ("http://x", ["--dataset", "register"], "--dataset reads NAME:FIELD=VALUE"),
        ("http://x", ["--only", "luck"], "--only does not know luck; it knows submission-answered"),
        ("http://x", ["--token-file", "/nowhere"], "cannot be read"),
        ("http://x", ["--key", "{token}"], "--key:"),
        ("http://x", ["--fields", "{token}"], "--fields: the file holds values"),
        ("http://x", ["--listen", "8000"], "--listen reads HOST:PORT"),
        ("http://x", ["--listen", "192.0.2.1:1"], "cannot listen on 192.0.2.1:1"),
    ],
)
def test_what_cannot_be_run_as_asked_is_one_clear_line(
    url: str, more: list[str], said: str, told: list[str], tmp_path: Path
) -> None:
    result = invoke(url, *told, *(part.format(token=tmp_path / "token") for part in more))
    assert isinstance(result.exception, CommandFailed)
    assert result.exception.exit_code == 2
    assert said in str(result.exception)
