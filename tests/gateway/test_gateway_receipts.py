"""The receipt of hand-in: the same each time, for the right people, and verifiable by anybody."""

import asyncio
import base64
import dataclasses
import hashlib
import hmac
import json
import os
import re
import shutil
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest

import gateway
from gateway.receipt_pdf import receipt_pdf
from gateway.receipts import HandInReceipt, ReceiptItem, verified
from one_things.text import Text
from security.attestations import AttestationKeys
from tests.gateway.applications import IDENTITY_NUMBER, NAME, an_application
from tests.gateway.gateway_city import City

PERSONAL = (IDENTITY_NUMBER, NAME, "13800000000", "applicant-1")
PAGE = {"Accept": "text/html"}


async def receipt(city: City, case_no: str, headers: dict[str, str] | None = None) -> dict[str, object]:
    response = await city.http.get(f"/cases/{case_no}/receipt", headers=headers or city.bearer())
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


def use_keys(city: City, monkeypatch: pytest.MonkeyPatch, keys: AttestationKeys) -> None:
    """The same gateway after a restart with other keys."""
    monkeypatch.setitem(vars(city.services), "receipt_keys", keys)


async def test_it_says_what_was_handed_in_when(city: City) -> None:
    case_no = await city.apply()
    found = await receipt(city, case_no)
    assert found["number"] == case_no
    assert found["bundle"] == "enterprise-exit"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(found["handed_in_at"]))
    assert {"tax-clearance", "registry-deregistration"} <= {item["id"] for item in found["items"]}  # type: ignore[attr-defined]
    assert found["address"] == f"http://127.0.0.1/receipts/{found['token']}"


async def test_asked_for_again_it_is_the_same_whatever_happened_since(city: City) -> None:
    case_no = await city.apply()
    first = await receipt(city, case_no)
    await city.cases.done(case_no, "tax-clearance")
    await city.cases.ahead(case_no, days=3)
    assert await receipt(city, case_no) == first


async def test_it_is_there_before_the_case_begins_and_stays_the_same(city: City) -> None:
    city.cases.is_up = False
    case_no = await city.apply()
    before = await receipt(city, case_no)
    city.cases.is_up = True
    (pending,) = await city.services.intake.unstarted()
    from gateway.open_case import read_opening

    await city.cases.start("enterprise-exit", await read_opening(city.services, case_no, pending.payload))
    assert await receipt(city, case_no) == before


async def test_the_same_application_of_two_people_has_two_digests(city: City) -> None:
    mine, theirs = await city.apply("applicant-1"), await city.apply("applicant-2")
    one, other = await receipt(city, mine), await receipt(city, theirs, city.bearer("applicant-2"))
    assert one["content"] == other["content"]
    assert one["digest"] != other["digest"]


async def test_the_holder_proves_the_content_with_the_data_alone(city: City) -> None:
    """What `docs/receipts.md` describes, with nothing of ours."""
    found = await receipt(city, await city.apply())
    content, code = str(found["content"]), bytes.fromhex(str(found["code"]))
    assert found["digest"] == f"international:{hmac.new(code, content.encode(), hashlib.sha256).hexdigest()}"
    handed_in = an_application()
    said = json.loads(content)
    assert said["form"] == handed_in["form"]
    assert said["answers"] == handed_in["answers"]
    assert said["materials"] == {material["id"]: material["digest"] for material in handed_in["materials"]}
    signed = json.loads(base64.urlsafe_b64decode(str(found["token"]).split(".")[1] + "=="))
    assert signed["digest"] == found["digest"]


async def test_operators_see_it_without_content_and_code(city: City) -> None:
    found = await receipt(city, await city.apply(), city.operator())
    assert (found["content"], found["code"]) == (None, None)
    assert not any(personal in json.dumps(found, ensure_ascii=False) for personal in PERSONAL)


@pytest.mark.parametrize("kind", ["receipt", "receipt.json", "receipt.pdf"])
async def test_others_find_no_case(city: City, kind: str) -> None:
    case_no = await city.apply()
    foreign = await city.http.get(f"/cases/{case_no}/{kind}", headers=city.bearer("applicant-2"))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown-case")
    assert (await city.http.get(f"/cases/{case_no}/{kind}")).status_code == 401


async def test_after_erasure_it_is_not_issued_again_and_the_issued_one_stays_valid(city: City) -> None:
    case_no = await city.apply()
    issued = await receipt(city, case_no)
    await city.erase(case_no)
    again = await city.http.get(f"/cases/{case_no}/receipt", headers=city.bearer())
    assert (again.status_code, again.json()["code"]) == (410, "receipt-erased")
    assert (await city.http.get(f"/receipts/{issued['token']}")).json()["valid"] is True


async def test_anybody_verifies_it_and_learns_nothing_personal(city: City) -> None:
    case_no = await city.apply()
    issued = await receipt(city, case_no)
    for headers in ({}, PAGE):
        response = await city.http.get(f"/receipts/{issued['token']}", headers=headers)
        assert response.status_code == 200
        assert case_no in response.text
        assert str(issued["digest"]) in response.text
        assert not any(personal in response.text for personal in (*PERSONAL, str(issued["code"]), "tax-clearance"))
    said = (await city.http.get(f"/receipts/{issued['token']}")).json()
    assert {name: said[name] for name in ("valid", "number", "handed_in_at", "bundle", "digest")} == {
        "valid": True,
        **{name: issued[name] for name in ("number", "handed_in_at", "bundle", "digest")},
    }
    assert (said["key"], said["current_key"]) == ("r1", True)


async def test_verifying_needs_no_database(city: City) -> None:
    issued = await receipt(city, await city.apply())
    nothing: dict[str, Any] = dict.fromkeys(("store", "intake", "secrets", "lists", "cases", "tokens"))
    assert verified(dataclasses.replace(city.services, **nothing), str(issued["token"])).number == issued["number"]


def _tampered(token: str) -> str:
    header, body, signature = token.split(".")
    statement = base64.urlsafe_b64decode(body + "==").replace(b"-000001", b"-000002")
    return f"{header}.{base64.urlsafe_b64encode(statement).rstrip(b'=').decode()}.{signature}"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (_tampered, "receipt-altered"),
        (lambda token: token[:-2], "receipt-altered"),
        (lambda token: token[: len(token) // 2], "receipt-damaged"),
        (lambda token: "hello", "receipt-damaged"),
        (lambda token: AttestationKeys.generate("r1").sign("receipt", b"{}"), "receipt-altered"),
        (lambda token: AttestationKeys.generate("x9").sign("receipt", b"{}"), "receipt-key-unknown"),
    ],
    ids=["tampered", "last characters cut", "cut in half", "nonsense", "forged under our id", "foreign key"],
)
async def test_what_is_not_ours_is_refused_in_clear_words(city: City, broken, code: str) -> None:  # type: ignore[no-untyped-def]
    issued = await receipt(city, await city.apply())
    path = f"/receipts/{broken(str(issued['token']))}"
    for_programs = await city.http.get(path)
    assert (for_programs.status_code, for_programs.json()["code"]) == (404, code)
    assert for_programs.headers["content-type"] == "application/problem+json"
    for_people = await city.http.get(path, headers={**PAGE, "Accept-Language": "en"})
    assert for_people.status_code == 404
    assert "This receipt is not valid" in for_people.text
    assert for_programs.json()["detail"]


async def test_what_we_signed_but_cannot_read_is_damaged(city: City) -> None:
    token = city.services.receipt_keys.sign("receipt", b'{"form":"receipt-9"}')
    assert (await city.http.get(f"/receipts/{token}")).json()["code"] == "receipt-damaged"


async def test_after_a_change_of_keys_earlier_receipts_stay_valid(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case_no = await city.apply()
    issued = await receipt(city, case_no)
    old = city.services.receipt_keys.to_setting()
    use_keys(city, monkeypatch, AttestationKeys.from_setting(f"{AttestationKeys.generate('r2').to_setting()},{old}"))
    said = (await city.http.get(f"/receipts/{issued['token']}")).json()
    assert (said["valid"], said["key"], said["current_key"]) == (True, "r1", False)
    page = await city.http.get(f"/receipts/{issued['token']}", headers={**PAGE, "Accept-Language": "en"})
    assert "an earlier key" in page.text
    renewed = await receipt(city, case_no)
    assert renewed["digest"] == issued["digest"]
    assert (await city.http.get(f"/receipts/{renewed['token']}")).json()["key"] == "r2"

    use_keys(city, monkeypatch, AttestationKeys.generate("r2"))
    gone = await city.http.get(f"/receipts/{issued['token']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "receipt-key-unknown")


async def test_the_published_key_verifies_it_elsewhere(city: City) -> None:
    """With a JOSE library and the answer of `/receipts/key`, nothing else."""
    from joserfc import jws
    from joserfc.jwk import KeySet

    issued = await receipt(city, await city.apply())
    published = (await city.http.get("/receipts/key")).json()
    assert (published["current"], len(published["keys"])) == ("r1", 1)
    found = jws.deserialize_compact(str(issued["token"]), KeySet.import_key_set(published), algorithms=["Ed25519"])
    assert json.loads(found.payload)["number"] == issued["number"]
    assert "BEGIN PUBLIC KEY" in published["keys"][0]["pem"]
    assert "d" not in published["keys"][0]


async def test_the_commands_of_the_guide_verify_a_receipt(city: City, tmp_path: Path) -> None:
    """`docs/receipts.md`, as somebody without this platform follows it."""
    case_no = await city.apply()
    saved = await city.http.get(f"/cases/{case_no}/receipt.json", headers=city.bearer())
    (tmp_path / "receipt.json").write_bytes(saved.content)
    published = (await city.http.get("/receipts/key")).json()["keys"][0]
    (tmp_path / "receipt-key.pem").write_text(published["pem"])
    guide = Path(gateway.__file__).parents[1] / "docs" / "receipts.md"
    signature, content, *_ = re.findall(r"```sh\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    environment = {**os.environ, "TOKEN": saved.json()["token"]}
    assert "Verified Successfully" in await followed(signature, tmp_path, environment)
    if shutil.which("jq"):
        made, digest = (await followed(content, tmp_path, environment)).split("\n")[:2]
        assert digest == f"international:{made.split()[-1]}"


async def followed(commands: str, folder: Path, environment: dict[str, str]) -> str:
    """What these shell commands print; they have to succeed."""
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euc", commands, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await shell.communicate()
    assert shell.returncode == 0, printed
    return printed.decode()


@pytest.mark.parametrize(("language", "title"), [("zh", "电子收件凭证"), ("en", "Receipt of hand-in")])
async def test_the_page_in_both_languages(city: City, language: str, title: str) -> None:
    case_no = await city.apply()
    response = await city.http.get(f"/cases/{case_no}/receipt?lang={language}", headers={**city.bearer(), **PAGE})
    assert response.status_code == 200
    assert f"<h1>{title}</h1>" in response.text
    assert 'class="qr-code"' in response.text
    assert case_no in response.text
    assert not any(personal in response.text for personal in PERSONAL)


async def test_the_case_page_leads_to_it(city: City) -> None:
    case_no = await city.apply()
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), **PAGE})
    assert f'href="/cases/{case_no}/receipt"' in page.text


def streams(pdf: bytes) -> str:
    """What the pages of this PDF draw."""
    found = (part.strip().removesuffix(b"~>") for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL))
    return "".join(zlib.decompress(base64.a85decode(part, adobe=False)).decode("latin-1") for part in found)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pdf_holds_number_and_digest(city: City, language: str) -> None:
    case_no = await city.apply()
    issued = await receipt(city, case_no)
    answers: list[httpx.Response] = [
        await city.http.get(f"/cases/{case_no}/receipt.pdf?lang={language}", headers=city.bearer()) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["content-type"] == "application/pdf"
    assert answers[0].headers["content-disposition"] == f'attachment; filename="receipt-{case_no}.pdf"'
    drawn = streams(answers[0].content)
    assert f"({case_no}) Tj" in drawn
    assert str(issued["digest"])[:40] in drawn
    assert str(issued["address"]).encode() in answers[0].content
    assert b"STSong-Light" in answers[0].content if language == "zh" else b"/Helvetica" in answers[0].content


def test_very_many_items_go_over_several_pages_and_markup_is_text() -> None:
    items = tuple(ReceiptItem(id=f"i{n}", title=Text(zh=f"事项<b>&{n}", en=f"Item <b>&{n}")) for n in range(100))
    made = HandInReceipt.model_validate(
        {"number": "4419-2026-000017", "handed_in_at": "2026-03-02T02:00:00Z", "bundle": "b", "version": "1",
         "title": {"zh": "甲", "en": "A"}, "items": items, "digest": "international:" + "0" * 64, "token": "a.b.c",
         "address": "https://onething.example.org/receipts/a.b.c", "content": None, "code": None}
    )  # fmt: skip
    for language in ("zh", "en"):
        assert receipt_pdf(made, language, sandbox=False).count(b"/Type /Page\n") > 1
