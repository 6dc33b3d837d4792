"""The commands about the file of departments, as a person types them, and the schema for their editor."""

import json
from pathlib import Path

import asyncssh
import jsonschema
import pytest
import yaml
from typer.testing import CliRunner, Result

from runtime.cli import adapter_config
from runtime.cli.commands import CommandFailed, Commands
from security.signing_keys import SigningKey


def invoke(*arguments: str) -> Result:
    commands = Commands()
    adapter_config.register(commands)
    return CliRunner().invoke(commands.application, ["adapter", *arguments], env={"COLUMNS": "200"})


def pem() -> str:
    return SigningKey.generate("any.1").verification_key().to_pem()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("hidden")
    tax = {
        "title": {"zh": "税务局", "en": "Tax bureau"},
        "url": "https://tax.example.org/one-thing",
        "token": {"file": "token"},
        "keys": {
            "tax.1": {"pem": pem(), "valid_until": "2020-01-01T00:00+08:00"},
            "tax.2": {"pem": pem(), "valid_until": "2099-01-01T00:00+08:00"},
            "tax.3": {"pem": pem(), "valid_from": "2098-12-01T00:00+08:00"},
        },
        "limits": {"concurrency": 4, "per_second": 2.5},
        "maintenance": [{"from": "2020-01-01T00:00+08:00", "to": "2099-01-01T00:00+08:00"}],
        "calendar": {
            "closed": [
                {"from": "2098-06-04", "to": "2098-06-05", "reason": {"zh": "搬迁（测试）", "en": "Moving (test)"}}
            ],
            "open": [{"from": "2098-06-07", "reason": {"zh": "周末延时服务（测试）", "en": "Open (test)"}}],
        },
        "codes": {"items": {"tax-clearance": "SW-0042"}, "reasons": {"E17": "materials-incomplete"}},
        "time_outs": {"connect_seconds": 1, "answer_seconds": 3},
        "sources": {"enterprise-register": {"fresh_for_seconds": 3600}},
    }
    bank = {
        "kind": "instant",
        "url": "https://bank.example.org",
        "token": {"file": "token"},
        "maintenance": [{"days": [day], "from": "22:00", "to": "02:00"} for day in ("mon", "tue")],
    }
    ssh_key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "sftp-key").write_bytes(ssh_key.export_private_key())
    archive = {
        "kind": "file-exchange",
        "folder": {"out": "/exchange/out", "in": "/exchange/in"},
        "sftp": {
            "host": "files.example.org",
            "user": "onething",
            "host_keys": [ssh_key.export_public_key().decode()],
            "key": {"file": "sftp-key"},
        },
        "keys": {"archive.1": pem()},
    }
    written = tmp_path / "departments.yaml"
    described = {"departments": {"tax": tax, "bank": bank, "archive": archive}}
    written.write_text(yaml.safe_dump(described, allow_unicode=True))
    return written


def test_what_the_file_says_is_shown_without_its_secrets(file: Path) -> None:
    result = invoke("config", str(file))
    assert result.exit_code == 0, result.output
    for shown in (
        "税务局 · Tax bureau",
        "https://tax.example.org/one-thing",
        "4 at once, 2.5 a second",
        "now, until 2099-01-01 00:00",
        "office: closed 2098-06-04 to 2098-06-05, open 2098-06-07",
        "tax.1 EXPIRED 2020-01-01 00:00",
        "tax.2 until 2099-01-01 00:00",
        "tax.3 not before 2098-12-01 00:00",
        "instant",
        "sftp://onething@files.example.org:22  out /exchange/out, in /exchange/in",
    ):
        assert shown in result.output
    assert "hidden" not in result.output
    assert "PRIVATE KEY" not in result.output


def test_every_mistake_is_listed_and_the_exit_code_is_that_of_bad_input(file: Path) -> None:
    file.write_text(file.read_text().replace("concurrency: 4", "concurrency: four").replace("kind: instant", "kind: x"))
    result = invoke("config", str(file))
    assert isinstance(result.exception, CommandFailed)
    assert (result.exception.exit_code, str(result.exception)) == (2, "2 mistakes")
    told = result.stderr.splitlines()
    assert len(told) == 2
    assert all(line.startswith(f"{file}:") for line in told)
    assert "Allowed: 'http-push'" in told[0]


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = invoke("config", str(tmp_path / "nowhere.yaml"))
    assert isinstance(result.exception, CommandFailed)
    assert result.exception.exit_code == 2
    assert "cannot be read: No such file or directory" in result.stderr


def test_the_schema_takes_what_the_platform_takes_and_marks_a_slip(file: Path) -> None:
    schema = json.loads(invoke("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    written = yaml.safe_load(file.read_text())
    validator.validate(written)
    written["departments"]["tax"]["keys"]["tax.2"] = pem()
    validator.validate(written)
    for slip in ({"limit": {}}, {"limits": {"concurrency": "4"}}, {"token": "hidden"}, {"kind": "x"}):
        tax = written["departments"]["tax"] | slip
        assert not validator.is_valid({"departments": {"tax": tax}}), slip
