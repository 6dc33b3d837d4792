"""Contents of materials over HTTP: uploaded, adopted with the case, fetched by the right people, and all bad input."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from security.signatures import sign
from security.tokens import Role
from tests.gateway.applications import an_application
from tests.gateway.gateway_city import City, city_of, fresh_database, until

PDF = b"%PDF-1.7 a paper of nobody"
PNG = b"\x89PNG\r\n\x1a\n and a picture"
DRAFT = "draft-of-the-tests"
COMMITMENT = "investors-commitment"
NOTICE = "simple-notice"
REGISTRY = "market-regulation"


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    limits: dict[str, Any] = {"largest_content": 4096, "most_contents": 10_000, "sweep_interval": 0.1}
    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True, **limits) as running:
        yield running


def digest_of(content: bytes) -> str:
    return f"sha-256:{hashlib.sha256(content).hexdigest()}"


async def upload(
    city: City, content: bytes, path: str = f"/drafts/{DRAFT}/contents", subject: str = "applicant-1", **headers: str
) -> httpx.Response:
    told = {**city.bearer(subject), "Content-Type": "application/octet-stream", **headers}
    return await city.http.post(path, content=content, headers=told)


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def uploaded_case(city: City, content: bytes = PDF) -> str:
    """A case whose applicant uploaded the paper of its notice beforehand; all its materials are this content."""
    stored = await upload(city, content)
    assert stored.status_code == 201, stored.text
    application = an_application()
    materials = [{**material, "digest": digest_of(content)} for material in application["materials"]]
    return await city.apply(materials=materials, draft=DRAFT)


async def fetch(
    city: City, case_no: str, digest: str, department: str = REGISTRY, key: str | None = None, **signing: Any
) -> httpx.Response:
    path = f"/departments/{department}/cases/{case_no}/materials/{digest}"
    signed = sign("GET", city.url + path, {}, b"", city.keys[key or department], **signing)
    return await city.http.get(path, headers=signed)


async def test_the_digest_is_reckoned_here_and_the_kind_is_what_the_bytes_say(city: City) -> None:
    first = await upload(city, PNG, **{"Content-Type": "application/pdf"})
    assert first.status_code == 201, first.text
    assert {name: first.json()[name] for name in ("digest", "media_type", "size")} == {
        "digest": digest_of(PNG), "media_type": "image/png", "size": len(PNG),
    }  # fmt: skip
    again = await upload(city, PNG)
    assert again.json() == first.json(), "the same content is kept once"


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"%PDF-" + b"x" * 5000, {}, (413, "body-too-large")),
        (b"", {}, (422, "content-empty")),
        (b"<html>%PDF-", {}, (415, "content-kind")),
        (b"PK\x03\x04 no zip", {}, (415, "content-kind")),
        (PDF, {"Repr-Digest": "sha-256=:AAAA:"}, (422, "content-digest")),
        (PDF, {"Content-Digest": "md5=:AAAA:"}, (422, "content-digest")),
    ],
)
async def test_what_cannot_be_kept_is_a_clear_problem(
    city: City, content: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert code(await upload(city, content, **headers)) == expected


async def test_a_digest_that_fits_is_no_trouble(city: City) -> None:
    stated = f"sha-256=:{base64.b64encode(hashlib.sha256(PDF).digest()).decode()}:"
    assert (await upload(city, PDF, **{"Repr-Digest": f"sha-512=:AAAA:, {stated}"})).status_code == 201


@pytest.mark.parametrize("draft", ["short", "..%2F..%2F..%2Fetc%2Fpasswd", "a" * 65, "with%20a%20space.and.dots"])
async def test_a_drafts_name_is_a_plain_word(city: City, draft: str) -> None:
    answer = await upload(city, PDF, f"/drafts/{draft}/contents")
    assert answer.status_code in {404, 422}, answer.text


async def test_no_more_is_kept_than_allowed(city: City) -> None:
    for number in range(3):
        assert (await upload(city, b"%PDF-" + bytes([number]) * 3000)).status_code == 201
    assert code(await upload(city, b"%PDF-" + b"x" * 3000)) == (413, "too-much-uploaded")


async def test_an_application_takes_its_draft_along_once(city: City) -> None:
    case_no = await uploaded_case(city)
    answer = await city.http.get(f"/cases/{case_no}/contents/{digest_of(PDF)}", headers=city.bearer())
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    listed = (await city.http.get(f"/cases/{case_no}/contents", headers=city.bearer())).json()["contents"]
    assert [(one["digest"], one["media_type"], one["size"]) for one in listed] == [
        (digest_of(PDF), "application/pdf", len(PDF))
    ]
    rows = await _rows(city)
    assert all(PDF not in row["sealed"] for row in rows), "it lies sealed"
    assert [row["case_no"] for row in rows] == [case_no]
    second = an_application()
    second["materials"] = [{**material, "digest": digest_of(PDF)} for material in second["materials"]]
    headers = {**city.bearer(), "Idempotency-Key": "a-second-application"}
    refused = await city.http.post("/cases", json={**second, "draft": DRAFT}, headers=headers)
    assert code(refused) == (422, "application-refused")
    assert {fault["code"] for fault in refused.json()["faults"]} == {"content-missing"}


async def test_nobody_elses_draft_and_no_expired_one_is_taken_along(city: City) -> None:
    await upload(city, PDF, subject="applicant-2")
    application = an_application()
    application["materials"] = [{**material, "digest": digest_of(PDF)} for material in application["materials"]]
    body = {**application, "draft": DRAFT}
    headers = {**city.bearer(), "Idempotency-Key": "of-the-draft-of-another"}
    refused = await city.http.post("/cases", json=body, headers=headers)
    assert code(refused) == (422, "application-refused")
    assert {fault["field"] for fault in refused.json()["faults"]} == {
        f"materials.{material['id']}" for material in application["materials"]
    }
    async with city.database.connection() as connection:
        await connection.execute("UPDATE content_drafts SET expires_at = now()")

    async def gone() -> bool:
        return not await _rows(city)

    await until(gone)


async def test_a_department_fetches_what_lies_with_it_and_nothing_else(city: City) -> None:
    case_no = await uploaded_case(city)
    early = await fetch(city, case_no, digest_of(PDF))
    assert code(early) == (404, "unknown-content"), "nothing was submitted to it yet"
    assert early.headers["retry-after"] == "2"
    await city.cases.submitted(case_no, NOTICE)
    fetched = await fetch(city, case_no, digest_of(PDF))
    assert (fetched.status_code, fetched.content) == (200, PDF)
    stated = base64.b64encode(hashlib.sha256(PDF).digest()).decode()
    assert fetched.headers["repr-digest"] == f"sha-256=:{stated}:"
    assert code(await fetch(city, case_no, digest_of(PDF), "tax")) == (404, "unknown-content")
    assert code(await fetch(city, case_no, digest_of(PNG))) == (404, "unknown-content")
    unheard_of = await fetch(city, "4419-2026-999999", digest_of(PDF))
    assert code(unheard_of) == (404, "unknown-content")
    assert unheard_of.headers["retry-after"] == "2", "a new case may not be on record yet"
    assert code(await fetch(city, case_no, digest_of(PDF), key="tax")) == (403, "foreign")
    unsigned = await city.http.get(f"/departments/{REGISTRY}/cases/{case_no}/materials/{digest_of(PDF)}")
    assert code(unsigned) == (401, "signature-missing")
    for path in ("..%2f..%2fx", "sha-256:0", "x" * 300):
        odd = await fetch(city, case_no, path)
        assert odd.status_code in {401, 404, 422}, odd.text


async def test_only_who_handed_it_in_downloads_it(city: City) -> None:
    case_no = await uploaded_case(city)
    path = f"/cases/{case_no}/contents/{digest_of(PDF)}"
    other = await city.http.get(path, headers=city.bearer("applicant-2"))
    assert code(other) == (404, "unknown-case")
    assert code(await city.http.get(path, headers=city.operator())) == (403, "not-allowed")
    assert code(await city.http.get(path)) == (401, "not-signed-in")
    assert code(await upload(city, PNG, f"/cases/{case_no}/contents", "applicant-2")) == (404, "unknown-case")
    by_operator = await city.http.post(
        f"/cases/{case_no}/contents", content=PNG, headers=city.bearer("operator-1", Role.OPERATOR)
    )
    assert code(by_operator) == (403, "not-allowed")


async def test_a_case_takes_contents_until_it_is_closed(city: City) -> None:
    case_no = await uploaded_case(city)
    stored = await upload(city, PNG, f"/cases/{case_no}/contents")
    assert (stored.status_code, stored.json()["digest"]) == (201, digest_of(PNG))
    fetched = await city.http.get(f"/cases/{case_no}/contents/{digest_of(PNG)}", headers=city.bearer())
    assert fetched.content == PNG
    await city.cases.finished(case_no)
    assert code(await upload(city, PDF + b"2", f"/cases/{case_no}/contents")) == (409, "case-closed")


async def test_a_page_uploads_for_a_correction(city: City) -> None:
    case_no = await uploaded_case(city)
    point = {"code": "stamp", "field_or_material": COMMITMENT, "text": "未盖章（模拟）"}
    points = await city.sealed(case_no, json.dumps([point], ensure_ascii=False))
    await city.cases.correction(case_no, NOTICE, points, (COMMITMENT,))
    headers = {**city.bearer(), "Accept": "text/html"}
    page = await city.http.get(f"/cases/{case_no}/items/{NOTICE}/correction", headers=headers)
    assert f'name="file.{COMMITMENT}" type="file"' in page.text
    path = f"/cases/{case_no}/items/{NOTICE}/correction"
    wrong = await city.http.post(path, files={f"file.{COMMITMENT}": ("a.pdf", b"MZ")}, headers=headers)
    assert wrong.status_code == 422
    assert "仅接收 PDF" in wrong.text
    sent = await city.http.post(path, files={f"file.{COMMITMENT}": ("../../a.exe", PNG)}, headers=headers)
    assert sent.status_code == 303, sent.text
    assert city.cases.states[case_no].handed_in == {COMMITMENT: digest_of(PNG)}
    await city.cases.submitted(case_no, NOTICE)
    assert (await fetch(city, case_no, digest_of(PNG))).content == PNG


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("multipart/form-data", b"--x", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nnothing of a form", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A" * 3_000_000, 413),
    ],
)
async def test_a_form_that_is_none_is_a_clear_problem(city: City, kind: str, body: bytes, expected: int) -> None:
    headers = {**city.bearer(), "Content-Type": kind}
    answer = await city.http.post("/apply/enterprise-exit", content=body, headers=headers)
    assert answer.status_code == expected, answer.text


async def test_erased_is_erased(city: City) -> None:
    case_no = await uploaded_case(city)
    await city.cases.submitted(case_no, NOTICE)
    await city.erase(case_no)
    assert code(await fetch(city, case_no, digest_of(PDF))) == (404, "unknown-content")
    assert await _rows(city) == []
    assert code(await upload(city, PNG, f"/cases/{case_no}/contents")) == (409, "case-closed")


async def test_the_dossier_names_digests_and_holds_no_content(city: City) -> None:
    case_no = await uploaded_case(city)
    await city.cases.correction(case_no, NOTICE, "points", (COMMITMENT,))
    await upload(city, PNG, f"/cases/{case_no}/contents")
    body = {"materials": [{"id": COMMITMENT, "digest": digest_of(PNG)}]}
    await city.http.post(f"/cases/{case_no}/items/{NOTICE}/correction", json=body, headers=city.bearer())
    dossier = await city.http.get(f"/cases/{case_no}/dossier", headers=city.bearer())
    with zipfile.ZipFile(io.BytesIO(dossier.content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert digest_of(PNG) in parts["materials.json"].decode(), "as it was handed in last"
    assert not [name for name, part in parts.items() if PDF in part or PNG in part]


async def _rows(city: City) -> list[Any]:
    async with city.database.connection() as connection:
        return list(await connection.fetch("SELECT case_no, sealed FROM contents"))
