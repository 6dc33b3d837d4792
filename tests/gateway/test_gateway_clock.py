"""Acts of departments on the way to a decision, a case that rests, and what pages say of the clock."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from one_things import commands as c
from one_things import events as e
from one_things.events import CaseOutcome
from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.gateway_city import City, city_of, fresh_database

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
FOOD, FIRE = "food-permit", "fire-safety"
REASON = "材料复杂，需征求专家意见（模拟）"
APPROVER = "测试负责人戊"


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path, bundles=BUNDLES) as running:
        yield running


@pytest.fixture
async def case_no(city: City) -> str:
    application = {
        "bundle": "catering-opening",
        "answers": {"small": True},
        "form": {"company.credit_code": "91110000600037341L"},
        "channel": "web",
    }
    headers = {**city.bearer(), "Idempotency-Key": "key-catering"}
    response = await city.http.post("/cases", json=application, headers=headers)
    assert response.status_code == 201, response.text
    number = str(response.json()["case_no"])
    for item in (FOOD, FIRE):
        await city.cases.submitted(number, item)
        await city.cases.accepted(number, item)
    return number


def an_act(number: str, act: str = "procedure_begun", /, **changes: Any) -> bytes:
    body: dict[str, Any] = {"act": act, "act_id": f"{act}-1", "case_no": number, "item": FOOD, "attempt": 1}
    if act == "extended":
        body |= {"approver": APPROVER, "reason": REASON}
    else:
        body |= {"procedure": "on-site-check"}
    return json.dumps({**body, **changes}, ensure_ascii=False).encode()


async def send(city: City, body: bytes, department: str = "market-regulation", **signing: Any):
    return await city.decide(department, body, path=f"/departments/{department}/acts", **signing)


async def shown(city: City, number: str, item: str = FOOD) -> dict[str, Any]:
    view = (await city.http.get(f"/cases/{number}", headers=city.bearer())).json()
    return next(one for one in view["items"] if one["id"] == item)


async def page(city: City, number: str, language: str = "en") -> str:
    headers = {**city.bearer(), "Accept": "text/html", "Accept-Language": language}
    return (await city.http.get(f"/cases/{number}", headers=headers)).text


async def test_a_procedure_counts_once_and_the_page_says_why_the_clock_stands_until_when_and_by_which_law(
    city: City, case_no: str
) -> None:
    first = await send(city, an_act(case_no))
    assert (first.status_code, first.json()) == (200, {"outcome": "counted"})
    again = await send(city, an_act(case_no))
    assert (again.status_code, again.json()) == (200, {"outcome": "repeat"})

    item = await shown(city, case_no)
    assert (item["due_on"], item["clock"]["light"]) == (None, "stands")
    (standing,) = item["clock"]["standing"]
    assert standing["why"] == {"zh": "现场核查", "en": "On-site check"}
    assert standing["basis"]["zh"] == "《中华人民共和国行政许可法》第四十五条"
    run = city.cases.states[case_no].item(FOOD).procedures[0]
    assert standing["until"] == run.watch.dates.due_on.isoformat()
    written = await page(city, case_no)
    assert "On-site check" in written
    assert "legal basis: 中华人民共和国行政许可法 第四十五条" in written

    ended = await send(city, an_act(case_no, "procedure_ended"))
    assert ended.json() == {"outcome": "counted"}
    item = await shown(city, case_no)
    assert (item["clock"]["light"], item["clock"]["standing"]) == ("in_time", [])
    assert item["due_on"] == city.cases.states[case_no].item(FOOD).due_on.isoformat()
    assert "On time" in await page(city, case_no)


async def test_an_extension_is_told_with_its_reason_which_lies_sealed_in_the_record(city: City, case_no: str) -> None:
    before = await shown(city, case_no)
    assert (await send(city, an_act(case_no, "extended"))).json() == {"outcome": "counted"}
    extended = city.cases.states[case_no].item(FOOD).extension
    assert REASON not in extended.reason.data
    assert await city.services.secrets.open_text(case_no, extended.reason) == REASON
    item = await shown(city, case_no)
    assert item["due_on"] > before["due_on"]
    assert item["clock"]["extension"]["reason"] == REASON
    assert item["clock"]["extension"]["approver"] == APPROVER
    written = await page(city, case_no, "zh-CN")
    assert REASON in written
    assert "延长 5 个工作日" in written


@pytest.mark.parametrize(
    ("act", "changes", "status", "code"),
    [
        ("procedure_begun", {"procedure": "no-such-procedure"}, 409, "procedure-unknown"),
        ("procedure_ended", {}, 409, "procedure-not-begun"),
        ("extended", {"working_days": 6}, 409, "extension-too-long"),
        ("extended", {"item": FIRE}, 403, "foreign"),
        ("procedure_begun", {"attempt": 2}, 409, "too-late"),
        ("procedure_begun", {"item": "opening"}, 409, "not-waiting"),
        ("procedure_begun", {"item": "no-such-item"}, 404, "unknown-item"),
        ("procedure_begun", {"case_no": "4419-2026-999999"}, 404, "unknown-case"),
        ("extended", {"case_no": "4419-2026-999999"}, 404, "unknown-case"),
        ("procedure_begun", {"act": "procedure_paused"}, 422, "input-invalid"),
        ("procedure_begun", {"act": None}, 422, "input-invalid"),
        ("procedure_begun", {"procedure": "Not a slug"}, 422, "input-invalid"),
        ("extended", {"approver": ""}, 422, "input-invalid"),
        ("extended", {"reason": "x\0"}, 422, "input-invalid"),
        ("extended", {"working_days": 0}, 422, "input-invalid"),
        ("extended", {"act_id": "a\0"}, 422, "input-invalid"),
    ],
)
async def test_acts_that_do_not_count(
    city: City, case_no: str, act: str, changes: dict[str, Any], status: int, code: str
) -> None:
    before = city.cases.states[case_no]
    answer = await send(city, an_act(case_no, act, **changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    after = city.cases.states[case_no]
    assert after.items == before.items
    reached_the_case = code not in {"unknown-case", "input-invalid"}
    assert after.version - before.version == reached_the_case, "nothing but the trace of what was set aside"
    assert (after.set_aside != before.set_aside) == reached_the_case


async def test_acts_come_through_the_same_signed_door(city: City, case_no: str) -> None:
    body = an_act(case_no)
    unsigned = await city.http.post(
        "/departments/market-regulation/acts", content=body, headers={"Content-Type": "application/json"}
    )
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "signature-missing")
    foreign = await send(city, body, key="tax")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign")
    nonsense = await send(city, b"\xff not json")
    assert (nonsense.status_code, nonsense.json()["code"]) == (400, "body-unreadable")
    city.cases.is_up = False
    away = await send(city, body)
    assert (away.status_code, away.json()["code"]) == (503, "out-of-service")


async def test_after_the_end_a_repeat_is_still_a_success_and_news_is_not(city: City, case_no: str) -> None:
    await send(city, an_act(case_no))
    await city.cases.finished(case_no, CaseOutcome.COMPLETED)
    assert (await send(city, an_act(case_no))).json() == {"outcome": "repeat"}
    late = await send(city, an_act(case_no, act_id="another"))
    assert (late.status_code, late.json()["code"]) == (409, "case-closed")


async def test_the_applicant_rests_the_case_and_goes_on(city: City, case_no: str) -> None:
    offered = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()
    assert (offered["may_be_suspended"], offered["may_be_resumed"]) == (True, False)
    assert offered["joint_limits"][0]["id"] == "permits"
    rested = await city.http.post(f"/cases/{case_no}/suspend", json={"channel": "phone"}, headers=city.bearer())
    assert (rested.status_code, rested.json()["outcome"]) == (200, "counted")

    view = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()
    assert (view["may_be_suspended"], view["may_be_resumed"]) == (False, True)
    assert view["rest"]["basis"]["zh"] == "《测试规定》第一条"
    assert {item["clock"]["light"] for item in view["items"] if item["clock"]} == {"stands"}
    assert view["joint_limits"][0]["light"] == "stands"
    assert view["headline"]["now"]["en"] == "The case rests, as you asked."
    assert "Go on with the case" in await page(city, case_no)
    told = city.cases.states[case_no]
    assert told.rest is not None

    again = await city.http.post(f"/cases/{case_no}/suspend", headers=city.bearer())
    assert again.json()["outcome"] == "repeat"
    resumed = await city.http.post(f"/cases/{case_no}/resume", headers=city.bearer())
    assert resumed.json()["outcome"] == "counted"
    timeline = (await city.http.get(f"/cases/{case_no}/timeline", headers=city.bearer())).json()["entries"]
    assert [one["type"] for one in timeline if one["type"].startswith("case_")][-2:] == [
        "case_suspended",
        "case_resumed",
    ]


async def test_from_the_page_a_button_rests_the_case(city: City, case_no: str) -> None:
    headers = {**city.bearer(), "Content-Type": "application/x-www-form-urlencoded"}
    answer = await city.http.post(f"/cases/{case_no}/suspend", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_no}")
    assert city.cases.states[case_no].rest is not None


async def test_who_may_not_rest_a_case(city: City, case_no: str) -> None:
    stranger = await city.http.post(f"/cases/{case_no}/suspend", headers=city.bearer("applicant-2"))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown-case")
    operator = await city.http.post(f"/cases/{case_no}/suspend", headers=city.operator())
    assert (operator.status_code, operator.json()["code"]) == (403, "not-allowed")
    bad = await city.http.post(f"/cases/{case_no}/suspend", json={"channel": "pigeon"}, headers=city.bearer())
    assert (bad.status_code, bad.json()["code"]) == (422, "input-invalid")
    exit_case = await city.apply()
    forbidden = await city.http.post(f"/cases/{exit_case}/suspend", headers=city.bearer())
    assert (forbidden.status_code, forbidden.json()["code"]) == (409, "rest-not-allowed")


async def test_warned_breached_and_escalated_in_words(city: City, case_no: str) -> None:
    due_at = city.cases.states[case_no].item(FOOD).due_at
    for command in (
        c.WarnLimit(item=FOOD),
        c.BreachLimit(item=FOOD),
        c.EscalateLimit(item=FOOD, level="section"),
        c.BreachLimit(item=FOOD, limit=e.LimitKind.STATUTORY),
    ):
        await city.cases.play(case_no, command, due_at)
    timeline = (await city.http.get(f"/cases/{case_no}/timeline", headers=city.bearer())).json()["entries"]
    words = [one["text"]["zh"] for one in timeline[-4:]]
    assert "将于" in words[0]
    assert "超过承诺期限" in words[1]
    assert words[2] == "“食品经营许可”超期，已报科室负责人"
    assert "超过法定期限" in words[3]
    item = await shown(city, case_no)
    assert item["overdue"] is True
    assert item["clock"]["light"] == "over"
    assert item["clock"]["told"] == [{"zh": "科室负责人", "en": "Head of section"}]
    await city.project()
    listed = (await city.http.get("/cases?overdue=true", headers=city.operator())).json()["cases"]
    assert [case["case_no"] for case in listed] == [case_no]
