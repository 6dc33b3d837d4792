"""Nonsense at the door: always a clear answer, nothing started, never a traceback."""

import logging

import pytest

from gateway.app import create_app
from gateway.problems import MEDIA_TYPE
from tests.gateway.applications import an_application
from tests.gateway.gateway_city import City, served


def headers(city: City, content_type: str = "application/json") -> dict[str, str]:
    return {**city.bearer(), "Idempotency-Key": "key", "Content-Type": content_type}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body-unreadable"),
        (b"{", 400, "body-unreadable"),
        (b"\xff\xfe\x00", 400, "body-unreadable"),
        (b'{"bundle": "\xff"}', 400, "body-unreadable"),
        (b"[" * 100_000, 400, "body-unreadable"),
        (b"null", 422, "input-invalid"),
        (b"[]", 422, "input-invalid"),
        (b'{"bundle": NaN}', 422, "input-invalid"),
        (b'{"bundle": 1e999}', 422, "input-invalid"),
        (b'{"bundle": "\\ud800"}', 400, "body-unreadable"),
        (b"x" * 1_000_000, 413, "body-too-large"),
    ],
)
async def test_bodies_of_nonsense(city: City, body: bytes, status: int, code: str) -> None:
    response = await city.http.post("/cases", content=body, headers=headers(city))
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    assert city.cases.starts == []


async def test_a_large_body_without_a_stated_length(city: City) -> None:
    async def parts():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield b"x" * 10_000

    response = await city.http.post("/cases", content=parts(), headers=headers(city))
    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded"])
async def test_other_content_types(city: City, content_type: str) -> None:
    response = await city.http.post("/cases", content=b"{}", headers=headers(city, content_type))
    assert (response.status_code, response.json()["code"]) == (415, "content-type")


async def test_a_content_type_with_a_parameter_is_fine(city: City) -> None:
    response = await city.http.post(
        "/cases", json=an_application(), headers=headers(city, "application/json; charset=utf-8")
    )
    assert response.status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "kläge", "x" * 201])
async def test_idempotency_keys_that_are_none(city: City, key: str) -> None:
    sent = {**headers(city), "Idempotency-Key": key.encode("latin-1")}
    response = await city.http.post("/cases", json=an_application(), headers=sent)
    assert (response.status_code, response.json()["code"]) == (422, "input-invalid")


@pytest.mark.parametrize("number", ["1", "4419-2026-1", "..%2f..", "4419-2026-00000A", "%00", "4419-2026-000001%0a"])
async def test_numbers_no_city_gave_out(city: City, number: str) -> None:
    response = await city.http.get(f"/cases/{number}", headers=city.bearer())
    assert response.status_code == 404


async def test_a_method_that_a_path_does_not_know(city: City) -> None:
    response = await city.http.delete("/cases", headers=city.bearer())
    assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
    assert response.headers["content-type"] == MEDIA_TYPE


async def test_a_fault_of_ours_is_a_problem_and_one_line_in_the_log(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(city.services)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret inside")

    async with served(app) as (url, _):
        with caplog.at_level(logging.ERROR):
            response = await city.http.get(f"{url}/broken")
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "secret inside" not in response.text
    assert any("unexpected RuntimeError at /broken" in record.message for record in caplog.records)
