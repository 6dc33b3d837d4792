"""Who may see and do what; cookies, other sites, languages, headers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from one_things.catalogue import Catalogue
from security.tokens import Role
from tests.gateway.applications import VALUES
from tests.gateway.gateway_city import City

PATHS = [
    "/cases",
    "/cases/4419-2026-000001",
    "/cases/4419-2026-000001/panorama",
    "/bundles",
    "/bundles/enterprise-exit",
]


@pytest.mark.parametrize("path", PATHS)
async def test_every_route_needs_a_token(city: City, path: str) -> None:
    response = await city.http.get(path)
    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic dXNlcjpwYXNz", "Bearer a.b.c"])
async def test_tokens_that_prove_nothing(city: City, header: str) -> None:
    response = await city.http.get("/cases", headers={"Authorization": header})
    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")


async def test_an_expired_token(city: City) -> None:
    response = await city.http.get("/cases", headers={"Authorization": f"Bearer {city.token(valid_for=-60)}"})
    assert response.status_code == 401


@pytest.mark.parametrize("rest", ["", "/panorama", "/timeline", "/panorama/stream", "/cancel"])
async def test_another_applicants_case_reads_like_no_case(city: City, rest: str) -> None:
    case_no = await city.apply()
    theirs = await city.http.get(f"/cases/{case_no}{rest}", headers=city.bearer("applicant-2"))
    nobodys = await city.http.get(f"/cases/4419-2026-000999{rest}", headers=city.bearer("applicant-2"))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["code"] == nobodys.json()["code"] == "unknown-case"
    assert theirs.json()["title"] == nobodys.json()["title"]


async def test_lists_hold_ones_own_cases_and_operators_see_all(city: City) -> None:
    mine = await city.apply("applicant-1")
    theirs = await city.apply("applicant-2")
    await city.project()
    seen = (await city.http.get("/cases", headers=city.bearer("applicant-1"))).json()["cases"]
    assert [case["case_no"] for case in seen] == [mine]
    everything = (await city.http.get("/cases", headers=city.operator())).json()["cases"]
    assert [case["case_no"] for case in everything] == [theirs, mine]


async def test_lists_are_paged_and_filtered(city: City) -> None:
    numbers = [await city.apply() for _ in range(5)]
    await city.cases.finished(numbers[0])
    await city.project()
    found: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        page = (await city.http.get("/cases", params=query, headers=city.operator())).json()
        found += [case["case_no"] for case in page["cases"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert found == numbers[::-1]
    closed = (await city.http.get("/cases", params={"phase": "closed"}, headers=city.operator())).json()["cases"]
    assert [case["case_no"] for case in closed] == [numbers[0]]
    tax = (await city.http.get("/cases", params={"department": "tax"}, headers=city.operator())).json()["cases"]
    assert len(tax) == 5
    court = (await city.http.get("/cases", params={"department": "court"}, headers=city.operator())).json()["cases"]
    assert court == []


async def test_overdue_is_reckoned_in_the_time_of_the_case(city: City) -> None:
    late, early = await city.apply(), await city.apply()
    for case_no in (late, early):
        await city.cases.submitted(case_no, "tax-clearance")
        await city.cases.accepted(case_no, "tax-clearance")
    await city.cases.ahead(late, days=60)
    await city.project()
    overdue = (await city.http.get("/cases", params={"overdue": "true"}, headers=city.operator())).json()["cases"]
    assert [case["case_no"] for case in overdue] == [late]
    view = (await city.http.get(f"/cases/{late}", headers=city.operator())).json()
    item = next(item for item in view["items"] if item["id"] == "tax-clearance")
    assert item["overdue"] is True
    assert item["working_days_left"] < 0


@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "WyIyMDI2IiwgMV0"])
async def test_cursors_that_are_none_of_ours(city: City, cursor: str) -> None:
    response = await city.http.get("/cases", params={"cursor": cursor}, headers=city.bearer())
    assert (response.status_code, response.json()["faults"][0]["field"]) == (422, "query.cursor")


@asynccontextmanager
async def signed_in(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """A browser's worth of HTTP: a cookie jar that is signed in."""
    async with httpx.AsyncClient(base_url=city.url, headers={"Accept": "text/html"}) as browser:
        response = await browser.post("/session", json={"token": city.token()}, headers={"Origin": city.url})
        assert response.status_code == 204
        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        yield browser


async def test_a_session_signs_in_and_out(city: City) -> None:
    async with signed_in(city) as browser:
        assert (await browser.get("/")).status_code == 200
        gone = await browser.post("/sign-out", headers={"Origin": city.url})
        assert gone.status_code == 303
        asked = await browser.get("/")
        assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2F")


async def test_signing_in_without_scripts(city: City) -> None:
    async with httpx.AsyncClient(base_url=city.url, headers={"Origin": city.url}) as browser:
        wrong = await browser.post("/session", data={"token": "nonsense", "next": "/"})
        assert wrong.status_code == 401
        assert "凭证无效" in wrong.text
        right = await browser.post("/session", data={"token": city.token(), "next": "//evil.example/"})
        assert (right.status_code, right.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
async def test_another_site_cannot_act_with_a_cookie(city: City, headers: dict[str, str]) -> None:
    case_no = await city.apply()
    async with signed_in(city) as browser:
        response = await browser.post(f"/cases/{case_no}/cancel", headers={**headers, "Accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (403, "cross-site")
    assert city.cases.states[case_no].stop_reason is None


async def test_taking_back_with_a_form(city: City) -> None:
    case_no = await city.apply()
    async with signed_in(city) as browser:
        question = await browser.get(f"/cases/{case_no}/cancel")
        assert "撤回这个申请" in question.text
        answer = await browser.post(
            f"/cases/{case_no}/cancel",
            headers={"Origin": city.url, "Content-Type": "application/x-www-form-urlencoded"},
        )
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_no}")
        assert "正在逐项撤回" in (await browser.get(f"/cases/{case_no}")).text
    assert str(city.cases.states[case_no].stop_reason) == "cancelled"


async def test_operators_neither_cancel_nor_correct_for_an_applicant(city: City) -> None:
    case_no = await city.apply()
    response = await city.http.post(f"/cases/{case_no}/cancel", headers=city.operator())
    assert (response.status_code, response.json()["code"]) == (403, "not-allowed")


async def test_only_operators_settle(city: City) -> None:
    case_no = await city.apply()
    path = f"/cases/{case_no}/items/tax-clearance/settle"
    response = await city.http.post(path, json={"note": "x"}, headers=city.bearer())
    assert (response.status_code, response.json()["code"]) == (403, "not-allowed")
    none = await city.http.post(path, json={"note": "x"}, headers=city.operator())
    assert (none.status_code, none.json()["code"]) == (409, "no-such-task")


async def test_answering_a_correction(city: City) -> None:
    case_no = await city.apply()
    await city.cases.correction(case_no, "tax-clearance", "[]")
    path = f"/cases/{case_no}/items/tax-clearance/correction"
    wrong = await city.http.post(
        path, json={"form": {"legal_representative.phone": "12", "bank.account_number": "1"}}, headers=city.bearer()
    )
    assert wrong.status_code == 422
    assert {fault["field"] for fault in wrong.json()["faults"]} == {
        "form.legal_representative.phone",
        "form.bank.account_number",
    }
    right = await city.http.post(
        path, json={"form": {"legal_representative.phone": "13800000001"}}, headers=city.bearer()
    )
    assert (right.status_code, right.json()["outcome"]) == (200, "counted")
    sealed = city.cases.states[case_no].corrections
    assert await city.services.secrets.open_fields(case_no, sealed) == {"legal_representative.phone": "13800000001"}
    again = await city.http.post(path, json={"form": {}}, headers=city.bearer())
    assert (again.status_code, again.json()["code"]) == (409, "no-correction-asked")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("legal_representative.name", "", "field-missing"),
        ("legal_representative.name", " ", "field-missing"),
        ("legal_representative.name", None, "field-missing"),
        ("company.credit_code", VALUES["company.credit_code"], "field-looked-up-by"),
        ("company.name", "测试企业甲有限公司", "field-not-needed"),
    ],
)
async def test_what_a_correction_cannot_change(city: City, name: str, value: str | None, code: str) -> None:
    case_no = await city.apply()
    await city.cases.correction(case_no, "tax-clearance", "[]")
    path = f"/cases/{case_no}/items/tax-clearance/correction"
    refused = await city.http.post(path, json={"form": {name: value}}, headers=city.bearer())
    assert refused.status_code == 422
    assert [(fault["field"], fault["code"]) for fault in refused.json()["faults"]] == [(f"form.{name}", code)]


async def test_a_correction_is_possible_after_the_bundle_was_withdrawn(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_no = await city.apply()
    points = '[{"code":"a","field_or_material":"legal_representative.phone","text":"手机号与登记不一致"}]'
    await city.cases.correction(case_no, "tax-clearance", await city.sealed(case_no, points))
    monkeypatch.setattr(city.services.catalogue, "_offered", ())
    path = f"/cases/{case_no}/items/tax-clearance/correction"
    page = await city.http.get(path, headers={**city.bearer(), "Accept": "text/html"})
    assert 'name="form.legal_representative.phone"' in page.text
    for name, value in (("company.name", "x"), ("legal_representative.phone", ""), ("legal_representative.phone", 1)):
        refused = await city.http.post(path, json={"form": {name: value}}, headers=city.bearer())
        assert refused.status_code == 422
    answered = await city.http.post(
        path, json={"form": {"legal_representative.phone": "13800000001"}}, headers=city.bearer()
    )
    assert answered.status_code == 200
    sealed = city.cases.states[case_no].corrections
    assert await city.services.secrets.open_fields(case_no, sealed) == {"legal_representative.phone": "13800000001"}


async def test_operators_read_reasons_masked_and_owners_in_full(city: City) -> None:
    case_no = await city.apply()
    await city.cases.correction(
        case_no, "tax-clearance",
        await city.sealed(case_no, '[{"code":"a","field_or_material":"","text":"身份证号 11010519491231002X 有误"}]'),
    )  # fmt: skip

    async def shown(headers: dict[str, str]) -> str:
        view = (await city.http.get(f"/cases/{case_no}", headers=headers)).json()
        return str(
            next(item for item in view["items"] if item["id"] == "tax-clearance")["correction_points"][0]["text"]
        )

    assert "11010519491231002X" in await shown(city.bearer())
    assert await shown(city.operator()) == "身份证号 1101**********002X 有误"


async def test_an_erased_person_leaves_a_readable_case(city: City) -> None:
    case_no = await city.apply()
    await city.cases.correction(case_no, "tax-clearance", await city.sealed(case_no, "测试"))
    await city.erase(case_no)
    view = (await city.http.get(f"/cases/{case_no}", headers=city.operator())).json()
    item = next(item for item in view["items"] if item["id"] == "tax-clearance")
    assert [point["text"] for point in item["correction_points"]] == ["（个人信息已依法删除）"]


async def test_security_headers_are_on_every_answer(city: City) -> None:
    for path in ("/health", "/sign-in", "/static/site.css", "/nowhere"):
        headers = (await city.http.get(path)).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "没有找到"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, "Nothing"),
        ({"Accept-Language": "en;q=0.2,zh;q=0.8"}, "没有找到"),
        ({"Accept-Language": "de,en;q=0.5"}, "Nothing"),
        ({"Accept-Language": "de"}, "没有找到"),
        ({"Accept-Language": ";;q=x,"}, "没有找到"),
    ],
)
async def test_problems_speak_the_callers_language(city: City, headers: dict[str, str], expected: str) -> None:
    response = await city.http.get("/nowhere", headers=headers)
    assert response.status_code == 404
    assert expected in response.json()["title"]


async def test_a_browser_gets_pages_and_a_program_gets_data(city: City) -> None:
    case_no = await city.apply()
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    data = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "*/*"})
    assert data.headers["content-type"] == "application/json"
    missing = await city.http.get("/cases/4419-2026-000999", headers={**city.bearer(), "Accept": "text/html"})
    assert missing.status_code == 404
    assert "<h1>没有找到该办件</h1>" in missing.text


async def test_it_is_ready_without_temporal_for_it_takes_applications_and_says_what_is_away(city: City) -> None:
    assert (await city.http.get("/health")).json() == {"status": "ok"}
    ready = await city.http.get("/ready")
    assert (ready.status_code, ready.json()) == (
        200,
        {"ready": True, "record": "ok", "orchestrator": "ok", "departments": "ok"},
    )
    city.cases.is_up = False
    away = await city.http.get("/ready")
    assert (away.status_code, away.json()) == (
        200,
        {"ready": True, "record": "ok", "orchestrator": "away", "departments": "ok"},
    )


async def test_a_broken_file_of_departments_is_told_and_stops_nothing(city: City) -> None:
    city.broken_directory.append("since just now")
    ready = await city.http.get("/ready")
    assert (ready.status_code, ready.json()["ready"], ready.json()["departments"]) == (200, True, "stale")
    city.broken_directory.clear()
    assert (await city.http.get("/ready")).json()["departments"] == "ok"


async def test_the_catalogue(city: City) -> None:
    listed = (await city.http.get("/bundles", headers=city.bearer(role=Role.OPERATOR))).json()["bundles"]
    assert [bundle["bundle"] for bundle in listed] == [bundle.bundle for bundle in Catalogue()]
    assert "enterprise-exit" in [bundle["bundle"] for bundle in listed]
    assert all(bundle["in_force"] and bundle["valid_from"] for bundle in listed)
    bundle = (await city.http.get("/bundles/enterprise-exit", headers=city.bearer())).json()
    assert {"situations", "fields", "materials", "items"} <= bundle.keys()
    missing = await city.http.get("/bundles/none", headers=city.bearer())
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-bundle")
