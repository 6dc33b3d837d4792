"""Each route of the workbench for each who may ask: generated from the API's document, so that none is forgotten."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from security.tokens import Role
from tests.gateway.gateway_city import City
from tests.gateway.officers import DEPARTMENT, ITEM, officer, on_desk

_DIGEST = "sha-256:" + "0" * 64
_DOCUMENT = create_app(None).openapi()
_BODIES: dict[str, Any] = {"claim": {"version": 0}, "release": {"version": 0}, "hand-over": {"version": 0, "to": "x"}}


def routes(*, of_the_workbench: bool) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the workbench, or of every other that is about a case."""
    for path, operations in _DOCUMENT["paths"].items():
        ours = path.startswith("/workbench")
        about_a_case = "{case_no}" in path and not path.startswith("/departments/")
        if ours if of_the_workbench else not ours and about_a_case:
            yield from ((method.upper(), path) for method in operations)


async def ask(city: City, method: str, path: str, case_no: str, headers: dict[str, str]) -> httpx.Response:
    filled = path.format_map(_Filled(case_no=case_no))
    if path.endswith("/contents") and method == "POST":
        return await city.http.request(method, filled, content=b"%PDF-1.7", headers=headers)
    body = _BODIES.get(path.rpartition("/")[2], {"act": "accepted", "act_id": "a", "attempt": 1})
    return await city.http.request(method, filled, json=None if method == "GET" else body, headers=headers)


class _Filled(dict[str, str]):
    """Values for whatever a path asks for."""

    def __missing__(self, name: str) -> str:
        known = {"department": DEPARTMENT, "item": ITEM, "digest": _DIGEST}
        return known.get(name, name)


def test_the_route_table_holds_the_workbench() -> None:
    found = {path for _, path in routes(of_the_workbench=True)}
    assert {"/workbench", "/workbench/{department}/items", "/workbench/{department}/items/{case_no}/{item}"} <= found
    assert len(found) >= 9
    assert len(set(routes(of_the_workbench=False))) > 10


@pytest.mark.parametrize("page", [False, True], ids=["data", "page"])
async def test_each_route_is_for_officers_of_the_department_alone(city: City, page: bool) -> None:
    case_no = await on_desk(city)
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
        where = f"{method} {path}"
        nobody = await ask(city, method, path, case_no, accept)
        assert nobody.status_code == (303 if page and method == "GET" else 401), where
        if nobody.status_code == 303:
            assert nobody.headers["location"].startswith("/sign-in"), where
        for who, header in others.items():
            answer = await ask(city, method, path, case_no, {**header, **accept})
            if path == "/workbench" and "another department" in who:
                assert DEPARTMENT not in answer.headers.get("location", answer.text), (where, who)
                continue
            assert answer.status_code == 403, (where, who, answer.status_code)
            assert page or answer.json()["code"] == "not-allowed", (where, who)
            assert "测试申请人" not in answer.text, (where, who)
        own = await ask(city, method, path, case_no, {**officer(city, "officer-1"), **accept})
        assert own.status_code not in {401, 403}, (where, own.text)
        if own.status_code == 404 and not page:
            assert own.json()["code"] == "unknown-content", where


async def test_an_officer_sees_a_case_through_no_other_door(city: City) -> None:
    case_no = await on_desk(city)
    before = city.cases.states[case_no].version
    for method, path in routes(of_the_workbench=False):
        answer = await ask(city, method, path, case_no, officer(city))
        assert answer.status_code in {401, 403, 404, 409, 415, 422}, (method, path, answer.status_code)
        assert "legal_representative" not in answer.text, (method, path)
    assert city.cases.states[case_no].version == before
