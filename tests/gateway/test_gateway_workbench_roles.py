"""Each route of the workbench for each who may ask: generated from the API's document, so that none is forgotten."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from runtime.embedded.postgres import EmbeddedPostgres
from security.tokens import Role
from tests.gateway.desks import BANK, PROMISED, REGISTRATION, SUPERVISING, contract, report
from tests.gateway.gateway_city import City
from tests.gateway.house_sales import CONTRACT, sales_city
from tests.gateway.officers import DEPARTMENT, ITEM, officer, on_desk

_DIGEST = "sha-256:" + "0" * 64
_DOCUMENT = create_app(None).openapi()
_BODIES: dict[str, Any] = {
    "claim": {"version": 0},
    "release": {"version": 0},
    "hand-over": {"version": 0, "to": "x"},
    "acknowledge": {"verdict": "approved"},
}


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with sales_city(gateway_postgres, tmp_path) as running:
        yield running


class Place(dict[str, str]):
    """On whose desk which thing lies, and the values that paths about it ask for."""

    def __missing__(self, name: str) -> str:
        return {"digest": _DIGEST}.get(name, name)

    @property
    def department(self) -> str:
        return self["department"]


async def places(city: City) -> dict[str, Place]:
    """An item, a document to sign and a report, each on the desk of another department; by the part of the path."""
    signed, told = await contract(city), await report(city)
    item = Place(department=DEPARTMENT, case_no=await on_desk(city), item=ITEM)
    return {
        "items": item,
        "signatures": Place(department=BANK, case_no=signed.case_no, item=CONTRACT, party=BANK),
        "reports": Place(department=SUPERVISING, case_no=told.case_no, item=REGISTRATION, material=PROMISED),
    }


def place_of(path: str, found: dict[str, Place]) -> Place:
    """The place that a route of the workbench is about."""
    return next((place for part, place in found.items() if f"/{part}" in path), found["items"])


def routes(*, of_the_workbench: bool) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the workbench, or of every other that is about a case."""
    for path, operations in _DOCUMENT["paths"].items():
        ours = path.startswith("/workbench")
        about_a_case = "{case_no}" in path and not path.startswith("/departments/")
        if ours if of_the_workbench else not ours and about_a_case:
            yield from ((method.upper(), path) for method in operations)


async def ask(city: City, method: str, path: str, place: Place, headers: dict[str, str]) -> httpx.Response:
    filled = path.format_map(place)
    if path.endswith("/contents") and method == "POST":
        return await city.http.request(method, filled, content=b"%PDF-1.7", headers=headers)
    act = "signed" if "/signatures" in path else "accepted"
    body = _BODIES.get(path.rpartition("/")[2], {"act": act, "act_id": "a", "attempt": 1, "digest": _DIGEST})
    if "/items" in path:
        body = {key: value for key, value in body.items() if key != "digest"}
    return await city.http.request(method, filled, json=None if method == "GET" else body, headers=headers)


def test_the_route_table_holds_the_workbench() -> None:
    found = {path for _, path in routes(of_the_workbench=True)}
    assert {"/workbench", "/workbench/{department}/items", "/workbench/{department}/items/{case_no}/{item}"} <= found
    assert {"/workbench/{department}/signatures", "/workbench/{department}/reports"} <= found
    assert len(found) >= 18
    assert len(set(routes(of_the_workbench=False))) > 10


@pytest.mark.parametrize("page", [False, True], ids=["data", "page"])
async def test_each_route_is_for_officers_of_the_department_alone(city: City, page: bool) -> None:
    lying = await places(city)
    accept = {"Accept": "text/html"} if page else {}
    others = {
        "applicant": city.bearer("applicant-1"),
        "other applicant": city.bearer("applicant-2"),
        "operator": city.operator(),
        "officer of another department": officer(city, "officer-9", "human-resources"),
        "supervisor of another department": officer(city, "head-9", "human-resources", supervises=True),
        "officer's roles without the officer": city.bearer("x", Role.SUPERVISOR),
    }
    for method, path in routes(of_the_workbench=True):
        where, place = f"{method} {path}", place_of(path, lying)
        nobody = await ask(city, method, path, place, accept)
        assert nobody.status_code == (303 if page and method == "GET" else 401), where
        if nobody.status_code == 303:
            assert nobody.headers["location"].startswith("/sign-in"), where
        for who, header in others.items():
            answer = await ask(city, method, path, place, {**header, **accept})
            if path == "/workbench" and "another department" in who:
                assert place.department not in answer.headers.get("location", answer.text), (where, who)
                continue
            assert answer.status_code == 403, (where, who, answer.status_code)
            assert page or answer.json()["code"] == "not-allowed", (where, who)
            assert "测试申请人" not in answer.text, (where, who)
        own = await ask(city, method, path, place, {**officer(city, "officer-1", place.department), **accept})
        assert own.status_code not in {401, 403}, (where, own.text)
        if own.status_code == 404 and not page:
            assert own.json()["code"] == "unknown-content", where


async def test_an_officer_sees_a_case_through_no_other_door(city: City) -> None:
    lying = await places(city)
    for method, path, place in (
        (method, path, place) for method, path in routes(of_the_workbench=False) for place in lying.values()
    ):
        before = city.cases.states[place["case_no"]].version
        answer = await ask(city, method, path, place, officer(city, "officer-1", place.department))
        assert answer.status_code in {401, 403, 404, 409, 415, 422}, (method, path, answer.status_code)
        assert "legal_representative" not in answer.text, (method, path)
        assert city.cases.states[place["case_no"]].version == before, (method, path)
