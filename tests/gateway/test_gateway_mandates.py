"""An agent at the door: sees the case while the mandate holds, acts within its scope, never in the place of another."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from event_store.case_projection import CaseProjection
from event_store.projector import Projector
from one_things import commands as c
from one_things.events import Channel
from security.tokens import Role
from tests.gateway.gateway_city import City

AGENT = "agent-1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def give(city: City, case_no: str, **changes: Any) -> httpx.Response:
    said = {"agent": AGENT, "scope": ["correct", "hand_in"], "ends_on": in_days(10), **changes}
    return await city.http.post(f"/cases/{case_no}/mandates", json=said, headers=city.bearer())


async def look(city: City, case_no: str, who: str = AGENT) -> httpx.Response:
    return await city.http.get(f"/cases/{case_no}", headers=city.bearer(who))


async def test_an_agent_finds_the_case_from_the_mandate_until_its_end(city: City) -> None:
    case_no = await city.apply()
    assert (await look(city, case_no)).status_code == 404
    assert (await give(city, case_no)).json()["outcome"] == "counted"
    seen = await look(city, case_no)
    assert seen.status_code == 200
    assert [(one["agent"], one["holds"]) for one in seen.json()["mandates"]] == [(AGENT, True)]
    await city.cases.ahead(case_no, days=12)
    assert (await look(city, case_no)).status_code == 404


async def test_an_agent_whose_mandate_was_revoked_finds_nothing(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no)
    revoked = await city.http.post(f"/cases/{case_no}/mandates/revoke", json={"agent": AGENT}, headers=city.bearer())
    assert revoked.json()["outcome"] == "counted"
    assert (await look(city, case_no)).status_code == 404
    stream = await city.http.get(f"/cases/{case_no}/panorama/stream", headers=city.bearer(AGENT))
    assert stream.status_code == 404


async def test_an_agent_never_decides_for_the_applicant(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no, scope=["correct", "hand_in", "rest"])
    headers = city.bearer(AGENT)
    for path, said in (
        ("cancel", {}),
        ("mandates", {"agent": "agent-2", "scope": ["follow"], "ends_on": in_days(3)}),
        ("mandates/revoke", {"agent": AGENT}),
        ("ratings", {"grade": 1}),
    ):
        refused = await city.http.post(f"/cases/{case_no}/{path}", json=said, headers=headers)
        assert (path, refused.status_code) == (path, 403)


async def test_an_agent_reads_no_form_and_no_content_of_the_receipt(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no)
    receipt = (await city.http.get(f"/cases/{case_no}/receipt", headers=city.bearer(AGENT))).json()
    assert (receipt["content"], receipt["code"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"agent": ""}, 422, None),
        ({"agent": "x" * 201}, 422, None),
        ({"agent": "a\u0000b"}, 422, None),
        ({"scope": []}, 422, None),
        ({"scope": ["cancel"]}, 422, None),
        ({"ends_on": "soon"}, 422, None),
        ({"ends_on": "2020-01-01"}, 409, "mandate-ends-before"),
        ({"agent": "applicant-1"}, 409, "own-agent"),
    ],
)
async def test_bad_input_is_told(city: City, changes: dict[str, Any], status: int, code: str | None) -> None:
    case_no = await city.apply()
    answer = await give(city, case_no, **changes)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if code is not None:
        assert answer.json()["code"] == code


async def test_the_page_gives_and_revokes_it(city: City) -> None:
    case_no = await city.apply()
    headers = {**city.bearer(), **FORM, "Origin": "http://127.0.0.1", "Accept": "text/html"}
    sent = await city.http.post(
        f"/cases/{case_no}/mandates",
        content=f"agent={AGENT}&scope=correct&scope=rest&ends_on={in_days(5)}",
        headers=headers,
    )
    assert sent.status_code == 303, sent.text
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html"})
    assert f'action="/cases/{case_no}/mandates/revoke"' in page.text
    agents = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(AGENT), "Accept": "text/html"})
    assert f'action="/cases/{case_no}/mandates/revoke"' not in agents.text
    assert f'href="/cases/{case_no}/cancel"' not in agents.text
    gone = await city.http.post(f"/cases/{case_no}/mandates/revoke", content=f"agent={AGENT}", headers=headers)
    assert gone.status_code == 303
    assert (await look(city, case_no)).status_code == 404


async def test_the_start_page_names_the_account_that_an_applicant_needs(city: City) -> None:
    page = await city.http.get("/", headers={**city.bearer(AGENT), "Accept": "text/html"})
    assert AGENT in page.text
    assert 'href="/mandates"' in page.text


async def acted_for(city: City, who: str = AGENT, role: Role = Role.APPLICANT, query: str = "") -> dict[str, Any]:
    await city.project()
    answer = await city.http.get(f"/mandates{query}", headers=city.bearer(who, role))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_agent_has_a_list_of_the_cases_they_act_for(city: City) -> None:
    first, second, others = await city.apply(), await city.apply("applicant-2"), await city.apply()
    await give(city, first)
    await city.http.post(
        f"/cases/{second}/mandates",
        json={"agent": AGENT, "scope": ["follow"], "ends_on": in_days(3)},
        headers=city.bearer("applicant-2"),
    )
    await give(city, others, agent="agent-2")

    cases = (await acted_for(city))["cases"]
    assert [(one["case_no"], one["scope"], one["last_day"]) for one in cases] == [
        (second, ["follow"], in_days(3)),
        (first, ["correct", "follow", "hand_in"], in_days(10)),
    ]
    assert cases[0]["scope_texts"] == [{"zh": "查看进度", "en": "follow the case"}]
    page = await acted_for(city, query="?limit=1")
    assert [one["case_no"] for one in page["cases"]] == [second]
    rest = await acted_for(city, query=f"?limit=1&cursor={page['next']}")
    assert ([one["case_no"] for one in rest["cases"]], rest["next"]) == ([first], None)
    assert [one["case_no"] for one in (await acted_for(city, "agent-2"))["cases"]] == [others]


async def test_a_mandate_that_ended_or_was_revoked_vanishes_and_a_new_one_brings_the_case_back(city: City) -> None:
    ended, revoked = await city.apply(), await city.apply()
    await give(city, ended)
    await give(city, revoked)
    assert len((await acted_for(city))["cases"]) == 2
    await city.cases.ahead(ended, days=12)
    await city.http.post(f"/cases/{revoked}/mandates/revoke", json={"agent": AGENT}, headers=city.bearer())
    assert (await acted_for(city))["cases"] == []
    await give(city, revoked, scope=["rest"])
    assert [one["scope"] for one in (await acted_for(city))["cases"]] == [["follow", "rest"]]
    closed = revoked
    await city.cases.play(closed, c.Cancel(channel=Channel.WEB))
    await city.cases.finished(closed)
    assert [one["phase"] for one in (await acted_for(city))["cases"]] == ["closed"]


@pytest.mark.parametrize(
    ("who", "role", "sees"),
    [
        (AGENT, Role.APPLICANT, True),
        ("applicant-1", Role.APPLICANT, False),
        ("applicant-2", Role.APPLICANT, False),
        ("operator-1", Role.OPERATOR, False),
    ],
)
async def test_only_the_agent_finds_it_on_their_list(city: City, who: str, role: Role, sees: bool) -> None:
    case_no = await city.apply()
    await give(city, case_no)
    assert [one["case_no"] for one in (await acted_for(city, who, role))["cases"]] == ([case_no] if sees else [])
    page = await city.http.get("/mandates", headers={**city.bearer(who, role), "Accept": "text/html"})
    assert (case_no in page.text) is sees
    assert ("至 " in page.text) is sees


async def test_the_list_needs_a_sign_in_and_a_cursor_of_ours(city: City) -> None:
    assert (await city.http.get("/mandates")).status_code == 401
    for cursor in ("nonsense", "e30", "WzEsMl0"):
        wrong = await city.http.get(f"/mandates?cursor={cursor}", headers=city.bearer(AGENT))
        assert (wrong.status_code, wrong.json()["faults"][0]["code"]) == (422, "cursor-invalid")
    assert (await city.http.get("/mandates?limit=0", headers=city.bearer(AGENT))).status_code == 422


async def test_the_list_survives_a_rebuild(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no)
    before = await acted_for(city)
    await Projector(city.database, CaseProjection()).rebuild()
    assert await acted_for(city) == before


async def test_the_timeline_names_who_acted_and_through_which_door(city: City) -> None:
    case_no = await city.apply()
    await give(city, case_no, scope=["correct"])
    points = '[{"code":"a","field_or_material":"legal_representative.phone","text":"手机号与登记不一致"}]'
    await city.cases.correction(case_no, "tax-clearance", await city.sealed(case_no, points))
    corrected = await city.http.post(
        f"/cases/{case_no}/items/tax-clearance/correction",
        json={"form": {"legal_representative.phone": "13800000001"}, "channel": "counter"},
        headers=city.bearer(AGENT),
    )
    assert corrected.status_code == 200, corrected.text
    entries = (await city.http.get(f"/cases/{case_no}/timeline", headers=city.bearer())).json()["entries"]
    acted = {entry["type"]: entry["acted"] and entry["acted"]["zh"] for entry in entries}
    assert acted["case_opened"] == acted["mandate_given"] == "申请人本人 · 网上"
    assert acted["correction_answered"] == f"代办人 {AGENT} · 窗口"
    assert acted["correction_requested"] is None
    assert [entry["type"] for entry in entries if entry["by_agent"]] == ["correction_answered"]
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html"})
    assert f"代办人 {AGENT} · 窗口" in page.text


@pytest.mark.parametrize(("scope", "offered"), [("correct", True), ("hand_in", False)])
async def test_the_page_offers_an_agent_what_the_mandate_allows(city: City, scope: str, offered: bool) -> None:
    case_no = await city.apply()
    await give(city, case_no, scope=[scope])
    points = '[{"code":"a","field_or_material":"legal_representative.phone","text":"手机号与登记不一致"}]'
    await city.cases.correction(case_no, "tax-clearance", await city.sealed(case_no, points))
    page = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(AGENT), "Accept": "text/html"})
    assert (f'href="/cases/{case_no}/items/tax-clearance/correction"' in page.text) is offered
    assert "您正在代申请人办理此件" in page.text
    owners = await city.http.get(f"/cases/{case_no}", headers={**city.bearer(), "Accept": "text/html"})
    assert "您正在代申请人办理此件" not in owners.text
