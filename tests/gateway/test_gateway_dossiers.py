"""The dossier: complete, the same each time, for the right people, and verifiable by anybody who holds the keys."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.dossier_file import dossier_findings
from runtime.cli.application import application
from security.attestations import AttestationKeys
from security.suites import suite
from tests.gateway.applications import IDENTITY_NUMBER, NAME
from tests.gateway.gateway_city import City

HASHERS = {"international": suite("international")}


async def dossier(city: City, case_no: str, headers: dict[str, str] | None = None) -> bytes:
    response = await city.http.get(f"/cases/{case_no}/dossier", headers=headers or city.bearer())
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/zip"
    return response.content


async def published(city: City) -> dict[str, Any]:
    answer: dict[str, Any] = (await city.http.get("/receipts/key")).json()
    return answer


async def keys_of(city: City) -> AttestationKeys:
    return AttestationKeys.from_published({key["kid"]: key["pem"] for key in (await published(city))["keys"]})


def read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


async def decided_case(city: City) -> str:
    case_no = await city.apply()
    await city.cases.done(case_no, "tax-clearance")
    return case_no


async def test_it_holds_everything_and_its_digests_verify(city: City) -> None:
    case_no = await decided_case(city)
    content = await dossier(city, case_no)
    manifest, findings = dossier_findings(content, HASHERS, await keys_of(city))
    assert findings == ()
    assert manifest is not None
    assert manifest.number == case_no
    files = read(content)
    events = [json.loads(line) for line in files["record/events.jsonl"].splitlines()]
    assert [event["version"] for event in events] == list(range(1, manifest.version + 1))
    assert events[0]["type"] == "case_opened"
    decisions = {item["id"]: item for item in json.loads(files["decisions.json"])}
    assert decisions["tax-clearance"]["status"] == "approved"
    assert len(files["timeline.zh.txt"].decode().splitlines()) == manifest.version
    assert json.loads(files["materials.json"])[0]["digest"]
    assert files["receipt/receipt.pdf"].startswith(b"%PDF")
    assert json.loads(files["receipt/receipt.json"])["number"] == case_no


async def test_asked_for_again_it_is_the_same_file(city: City) -> None:
    case_no = await decided_case(city)
    assert await dossier(city, case_no) == await dossier(city, case_no)


async def test_the_record_in_it_tells_nothing_personal_and_an_operator_learns_nothing_of_the_form(city: City) -> None:
    case_no = await decided_case(city)
    own, operators = read(await dossier(city, case_no)), read(await dossier(city, case_no, city.operator()))
    for personal in (IDENTITY_NUMBER, NAME):
        assert personal not in own["record/events.jsonl"].decode()
        assert personal in own["receipt/receipt.json"].decode()
        assert not any(personal in content.decode("utf-8", "replace") for content in operators.values())


async def test_others_find_no_case(city: City) -> None:
    case_no = await city.apply()
    foreign = await city.http.get(f"/cases/{case_no}/dossier", headers=city.bearer("applicant-2"))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown-case")
    assert (await city.http.get(f"/cases/{case_no}/dossier")).status_code == 401


async def test_before_the_case_begins_there_is_none(city: City) -> None:
    city.cases.is_up = False
    answer = await city.http.get(f"/cases/{await city.apply()}/dossier", headers=city.bearer())
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code in {404, 409}


async def test_after_erasure_it_still_verifies_and_the_person_is_gone(city: City) -> None:
    case_no = await decided_case(city)
    await city.erase(case_no)
    content = await dossier(city, case_no)
    assert dossier_findings(content, HASHERS, await keys_of(city))[1] == ()
    assert not any(NAME in part.decode("utf-8", "replace") for part in read(content).values())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda files: {**files, "plan.json": files["plan.json"] + b" "}, "part-changed"),
        (lambda files: {name: part for name, part in files.items() if name != "timeline.json"}, "part-missing"),
        (lambda files: {**files, "more.txt": b"more"}, "part-extra"),
        (lambda files: {**files, "manifest.json": files["manifest.json"].replace(b'"version"', b' "version"')},
         "seal-refused"),
        (lambda files: {**files, "manifest.jws": b"x.y.z"}, "seal-refused"),
        (lambda files: {**files, "record/events.jsonl": files["record/events.jsonl"].split(b"\n", 1)[1]},
         "chain-broken"),
        (lambda files: {"anything": b"else"}, "not-a-dossier"),
    ],
)  # fmt: skip
async def test_whatever_was_changed_is_found(city: City, change: Any, code: str) -> None:
    content = await dossier(city, await decided_case(city))
    changed = packed(change(read(content)))
    assert code in {finding.code for finding in dossier_findings(changed, HASHERS, await keys_of(city))[1]}


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04" + b"0" * 40])
async def test_what_is_no_zip_is_said_to_be_none(city: City, content: bytes) -> None:
    manifest, findings = dossier_findings(content, HASHERS, await keys_of(city))
    assert manifest is None
    assert [finding.code for finding in findings] == ["not-a-dossier"]


async def test_another_platforms_signature_is_refused(city: City) -> None:
    content = await dossier(city, await decided_case(city))
    stranger = AttestationKeys.generate("receipts.1")
    assert [finding.code for finding in dossier_findings(content, HASHERS, stranger)[1]] == ["seal-refused"]


async def test_the_command_says_genuine_or_what_was_changed(city: City, tmp_path: Path) -> None:
    content = await dossier(city, await decided_case(city))
    keys, genuine, changed = tmp_path / "keys.json", tmp_path / "genuine.zip", tmp_path / "changed.zip"
    keys.write_text(json.dumps(await published(city)))
    genuine.write_bytes(content)
    changed.write_bytes(packed({**read(content), "plan.json": b"{}"}))
    command = application()
    runner = CliRunner()
    said = runner.invoke(command, ["dossier", "verify", str(genuine), "--keys", str(keys)])
    assert said.exit_code == 0
    assert "is genuine" in said.output
    told = runner.invoke(command, ["dossier", "verify", str(changed), "--keys", str(keys)])
    assert told.exit_code != 0
    assert "plan.json" in told.output
    keys.write_text("{}")
    unreadable = runner.invoke(command, ["dossier", "verify", str(genuine), "--keys", str(keys)])
    assert unreadable.exit_code != 0
    assert "Traceback" not in unreadable.output
